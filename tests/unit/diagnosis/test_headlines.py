"""The first line of an answer names the item itself, not what wraps, precedes or follows it."""

import pytest
from tests.unit.explain._explained import explained

PYTEST_REPLACED = """\
============================= test session starts ==============================
collected 0 items / 1 error

==================================== ERRORS ====================================
________________________ ERROR collecting test session _________________________
/opt/py/lib/python3.11/site-packages/_pytest/config/__init__.py:495: in _importconftest
    return self._cache[key]
E   KeyError: PosixPath('/src/build/tests/conftest.py')

During handling of the above exception, another exception occurred:
/opt/py/lib/python3.11/site-packages/pluggy/manager.py:106: in register
    raise ValueError(name)
E   ValueError: two plugins are named tests.conftest
=========================== short test summary info ============================
ERROR tests/test_a.py
=============================== 1 error in 0.10s ===============================
"""

PYTEST_PLUGIN = """\
============================= test session starts ==============================
collected 2 items

test_prices.py F.                                                        [100%]

=================================== FAILURES ===================================
__________________________________ test_price __________________________________

FAILURE: check 17 == 19: the price without tax
test_prices.py:11 in test_price() -> check.equal(a, b)

------------------------------------------------------------
Failed Checks: 1
=========================== short test summary info ============================
FAILED test_prices.py::test_price - FAILURE: check...
========================= 1 failed, 1 passed in 0.05s ==========================
"""

BAZEL_LINK = """\
INFO: Analyzed target //plan:astar (0 packages loaded, 0 targets configured).
ERROR: /home/u/ws/plan/BUILD:3:11: Linking plan/libastar.so failed: (Exit 1): gcc failed: error executing CppLink
Use --sandbox_debug to see verbose messages from the sandbox
/usr/bin/ld.gold: error: plan/_objs/astar.o: requires dynamic R_X86_64_PC32 reloc against 'set_' which may overflow \
at runtime; recompile with -fPIC
collect2: error: ld returned 1 exit status
Target //plan:astar failed to build
INFO: Elapsed time: 0.545s, Critical Path: 0.51s
ERROR: Build did NOT complete successfully
"""

UV_BACK_END = """\
Resolved 1 package in 2ms
  × Failed to build `demo @ file:///src/demo`
  ├─▶ The build backend returned an error
  ╰─▶ Call to `uv_build.build_editable` failed (exit status: 1)

      [stderr]
      Error: Expected a Python module at: `src/demo/__init__.py`

      hint: This usually indicates a problem with the package or the build environment.
"""

UV_SPLIT = """\
  × No solution found when resolving dependencies for split (markers:
  │ python_full_version == '3.9.*'):
  ╰─▶ Because the requested Python version (>=3.8) does not satisfy
      Python>=3.10 and corelib>=0.2.0 depends on Python>=3.10, we can
      conclude that corelib>=0.2.0 cannot be used.
      And because only the following versions of corelib are available:
          corelib<=0.2.0
          corelib==0.2.1
      we can conclude that corelib>=0.2.0 cannot be used.
      And because your project depends on corelib>=0.2.0, we can conclude
      that your project's requirements are unsatisfiable.
"""

PIP_CONFLICT = """\
Collecting chat==2.17.0
  Using cached chat-2.17.0-py3-none-any.whl.metadata (3 kB)

The conflict is caused by:
    The user requested chat==2.17.0
    crew 1.7.0 depends on chat~=1.83.0

To fix this you could try to:
1. loosen the range of package versions you've specified

ERROR: ResolutionImpossible: for help visit https://pip.pypa.io/en/latest/topics/dependency-resolution/
"""

LOCAL_SOCKET = """\
INFO:    Creating SIF file...
ERROR:   unpackSIF failed: root filesystem extraction failed: extract command failed: free(): invalid pointer
FATAL:   container creation failed: while requesting file descriptors: read unix @->@: read: connection reset by peer
: exit status 255
"""

INTERLEAVED = """\
Lmod has detected the following error: The following module(s) are unknown: "conda"
Please check the spelling or version number.

2026-05-29 17:42:40 - root - INFO - starting
Traceback (most recent call last):
Traceback (most recent call last):
  File "/work/train.py", line 35, in <module>
  File "/work/train.py", line 35, in <module>
    params = read(path)
IsADirectoryError:   File "/work/params.py", line 16, in read
[Errno 21] Is a directory: '/work/v2.0'
    with open(path) as file:
IsADirectoryError: [Errno 21] Is a directory: '/work/v2.0'
E0529 17:42:43.8 33 torch/distributed/elastic/multiprocessing/api.py:869] failed (exitcode: 1) local_rank: 1 (pid: 3)
"""


def headline(log: str, code: int = 1) -> str:
    cause = explained(log, code)
    return " ".join((cause.says, *(line.text for line in cause.lines)))


@pytest.mark.parametrize(
    ("log", "wanted"),
    [
        pytest.param(PYTEST_REPLACED, "two plugins are named", id="an exception replaced another in pytest"),
        pytest.param(PYTEST_PLUGIN, "check 17 == 19", id="a report of pytest without lines marked E"),
        pytest.param(BAZEL_LINK, "requires dynamic R_X86_64_PC32", id="an error of ld.gold below Bazel's"),
        pytest.param(UV_BACK_END, "Expected a Python module", id="the error of the back end below uv's"),
        pytest.param(UV_SPLIT, "does not satisfy", id="uv's reason below the markers of a split"),
        pytest.param(PIP_CONFLICT, "crew 1.7.0 depends on chat", id="pip's conflict above ResolutionImpossible"),
        pytest.param(LOCAL_SOCKET, "free(): invalid pointer", id="a local socket that closed is a consequence"),
        pytest.param(INTERLEAVED, "Is a directory", id="tracebacks of two ranks in one another"),
    ],
)
def test_the_headline_holds_the_innermost_item(log: str, wanted: str) -> None:
    assert wanted in headline(log)


def test_a_lost_connection_to_a_host_stays_a_network_fault() -> None:
    assert "connection broke" in headline("fetching index\nfatal: read tcp 10.0.0.1:443: connection reset by peer\n")


def test_a_cause_that_pytest_reports_as_direct_stays_the_headline() -> None:
    log = PYTEST_REPLACED.replace(
        "During handling of the above exception, another exception occurred:",
        "The above exception was the direct cause of the following exception:",
    )
    assert "KeyError" in headline(log)


def test_the_last_of_several_attempts_has_the_reason() -> None:
    log = "".join(f"attempt {number}/3: database is locked\n" for number in (1, 2, 3))
    assert "database is locked" in headline(f"{log}worker: could not enqueue job 1\n")


def test_git_names_the_line_with_white_space() -> None:
    assert "notes.md:1: trailing whitespace" in headline("hook: checking\nnotes.md:1: trailing whitespace.\n+one  \n")


def test_the_first_style_sheet_that_cannot_be_compiled_leads() -> None:
    errors = "".join(f"Syntax error: /src/{name}.css The `{name}` class does not exist\n" for name in ("base", "form"))
    assert "base.css cannot be compiled" in headline(f"Failed to compile.\n{errors}> Build failed because of webpack\n")


def test_a_warning_of_python_is_not_the_cause() -> None:
    warned = "/srv/train.py:2: UserWarning: Failed to load image: libpng16.so.16: cannot open shared object file\n"
    usage = "usage: train.py [-h] [--model {small}]\ntrain.py: error: argument --model: invalid choice: 'large'\n"
    assert "invalid choice: 'large'" in headline(f"{warned}  warnings.warn(\n{usage}")


def test_memory_of_a_server_is_not_that_of_java() -> None:
    log = "redis.exceptions.OutOfMemoryError: command not allowed when used memory > 'maxmemory'.\n"
    assert explained(log).says == f"out of memory: {log.rstrip()}"


def test_a_command_that_timeout_killed_is_not_out_of_memory() -> None:
    log = "indexing\nrun.sh: line 3: 22488 Killed                  timeout -k 2 8 ./index --all\n"
    assert "time limit" in headline(log)


def test_an_escaped_quote_does_not_end_the_message_of_a_json_record() -> None:
    log = '{"level":"error","msg":"cannot read \\"grid.toml\\" twice"}\n'
    assert "twice" in explained(log).says


def test_a_builtin_of_the_shell_is_no_variable() -> None:
    log = "  | /entry.sh: line 3: local: can only be used in a function\n"
    assert "is unset" not in explained(log).says
