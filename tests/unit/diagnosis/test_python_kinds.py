"""Tools of Python: pytest, pip, Poetry, uv, tracebacks, launchers of several processes."""

import pytest
from tests.unit.explain._explained import explained

from sygaldry.diagnosis import Confidence

MANY = "\n".join(
    (
        "=========================== short test summary info ============================",
        *(f"FAILED tests/test_{n:03}.py::test_load - TypeError: bad key {n}" for n in range(90)),
        "FAILED tests/test_x.py::test_other - assert 1 == 2",
        "ERROR tests/test_y.py::test_third - OSError: gone",
        "================== 140 failed, 12 passed, 3 errors in 7.10s ===================",
    )
)
POETRY = """\
  - Installing numpy (2.0.1)
  - Installing lattice (4.2.0): Failed

  RuntimeError

  Unable to find installation candidates for lattice (4.2.0)

  at ~/.local/share/poetry/installation/chooser.py:74 in choose_for
       73│         if not links:
    →  74│             raise RuntimeError(f"Unable to find installation candidates for {package}")
       75│
       76│         # Get the best link

  - Installing zipp (3.1.0)
"""
UV_PROSE = """\
  × No solution found when resolving dependencies:
  ╰─▶ Because only these versions of mesher are available:
          mesher<=2.5.1
          mesher==2.5.1+gpu
      and mesher>=2.5.1 has no wheels with a matching platform tag, we can conclude that mesher>=2.5.1 cannot be used.
      And because your project depends on mesher>=2.5.1, we can conclude that your project's requirements are \
unsatisfiable.
"""
ANY_NAME = """\
Traceback (most recent call last):
  File "/srv/app/render.py", line 12, in page
    return environment.get(name)
  File "/srv/app/templates.py", line 40, in get
    raise TemplateAbsent(name)
pages.loader.TemplateAbsent: start.html
"""
BARE = """\
Traceback (most recent call last):
  File "/srv/app/solve.py", line 12, in step
    assert len(rows) == expected
AssertionError
"""
CONTINUED = """\
Traceback (most recent call last):
  File "/srv/app/model.py", line 12, in forward
    return a @ b
ValueError: the operands of this product are placed on different
meshes: x=1 and x=4. Place them on one.
"""
CANCELLED = """\
Traceback (most recent call last):
  File "/srv/serve.py", line 3, in run
    await stop.wait()
asyncio.exceptions.CancelledError

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/srv/serve.py", line 9, in <module>
    run()
KeyboardInterrupt
"""
NO_COMPILER = """\
  Building wheel for fastmap (setup.py): finished with status 'error'
  error: subprocess-exited-with-error

  × python setup.py bdist_wheel did not run successfully.
  │ exit code: 1
  ╰─> [3 lines of output]
      running build_ext
      building 'fastmap._core' extension
      error: command 'x86_64-linux-gnu-gcc' failed: No such file or directory
      [end of output]

  note: This error originates from a subprocess, and is likely not a problem with pip.
  ERROR: Failed building wheel for fastmap
"""
LAUNCHER = """\
[node-a:1]Traceback (most recent call last):
[node-a:1]  File "/srv/train.py", line 7, in <module>
[node-a:1]    main()
[node-a:1]KeyError: 'learning_rate'
"""
SERVER = """\
(Worker pid=61) ERROR 07-01 09:41:21 [executor.py:88] Traceback (most recent call last):
(Worker pid=61) ERROR 07-01 09:41:21 [executor.py:88]   File "/srv/worker.py", line 415, in start
(Worker pid=61) ERROR 07-01 09:41:21 [executor.py:88] ValueError: only 3 GiB are free on the device
(Core pid=60) ERROR 07-01 09:41:26 [core.py:11] Traceback (most recent call last):
(Core pid=60) ERROR 07-01 09:41:26 [core.py:11]   File "/srv/core.py", line 15, in wait
(Core pid=60) ERROR 07-01 09:41:26 [core.py:11] RuntimeError: a worker failed. See stack trace for root cause.
"""
UV_CAUSES = """\
error: Failed to build `lattice==4.2.0`
  cause: The build backend returned an error
  cause: Call to `setuptools.build_meta.build_wheel` failed (exit status: 1)

         [stderr]
         running build_ext
         lattice.cpp:9:10: fatal error: mesh/grid.h: No such file or directory
         error: Command '['g++', '-O3']' returned non-zero exit status 1.

hint: This error likely indicates that you need to install a library that provides `mesh/grid.h`
"""
UV_GARBLED = """\
  Γò¥ No solution found when resolving dependencies:
  Γò░ΓöÇΓû╢ Because mesher>=0.2 depends on grids>=2 and your project depends on grids<2, we can conclude that your
      project's requirements are unsatisfiable.
"""
UV_CAUSE = """\
error: No solution found when resolving dependencies
  cause: Because mesher==2.5 has no wheels with a matching Python ABI tag and you require mesher==2.5, we can \
conclude that your requirements are unsatisfiable.
"""
POETRY_SOLVER = """\
Resolving dependencies...

Because lattice (4.2.0) requires Python >=3.7,<3.11
 and svc depends on lattice (4.2.0), version solving failed.
"""
NO_WORD_OF_ERROR = """\
  Preparing metadata (setup.py): finished with status 'error'
  error: subprocess-exited-with-error

  × python setup.py egg_info did not run successfully.
  │ exit code: 1
  ╰─> [3 lines of output]
      running egg_info
      Lattice supports Windows only; see the page of the fork for Linux.
      [end of output]

  note: This error originates from a subprocess, and is likely not a problem with pip.
error: metadata-generation-failed

× Encountered error while generating package metadata.
╰─> See above for output.
"""
JSON_LINES = """\
{"event": "token", "level": "warning", "exception": "Traceback (most recent call last):\\n  File \\"a.py\\", line 9\\n\
FileNotFoundError: [Errno 2] No such file or directory: '/etc/token'"}
{"event": "beat", "level": "error", "error": "ECONNREFUSED 10.0.0.4:2379"}
{"event": "fit", "level": "critical", "exception": "Traceback (most recent call last):\\n  File \\"b.py\\", line 4\\n\
linear.SolveError: the matrix is singular"}
"""
OTHER_PYTHON = """\
ERROR: Ignored the following versions that require a different python version: 0.36.0 Requires-Python >=3.6,<3.10; \
0.37.0 Requires-Python >=3.7,<3.10
ERROR: Could not find a version that satisfies the requirement lattice==0.36.0 (from versions: 0.2.0, 0.38.0)
ERROR: No matching distribution found for lattice==0.36.0
"""
VAGUE = """\
Traceback (most recent call last):
  File "/opt/lib/site-packages/tables/cast.py", line 23, in cast
    raise CastError(text)
tables.CastError: Couldn't cast
id: int64
stars: int64
to
{'id': 'int64'}
because column names don't match

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/srv/train.py", line 6, in <module>
    load()
tables.BuildError: An error occurred while generating the table

All files must have the same columns, but there are 1 new columns ({'stars'}).
"""
REQUEST = """\
Traceback (most recent call last):
  File "/srv/push.py", line 52, in <module>
    push()
hub.errors.BadRequestError: (Request ID: Root=1-69d6a028-0334bafa5bf2ee5e145c24e5)

Bad request for commit endpoint: a file holds a secret
"""
LED_TO = """\
  × Preparing metadata (pyproject.toml) did not run successfully.
  │ exit code: 1
  ╰─> [5 lines of output]
      <string>:119: UserWarning: lattice was requested, but nvcc was not found.
      Traceback (most recent call last):
        File "<string>", line 188, in <module>
      NameError: name 'bare_metal_version' is not defined
      [end of output]
"""
DEAD_ENGINE = """\
(Core pid=60) ERROR 07-01 09:41:21 [core.py:11] Traceback (most recent call last):
(Core pid=60) ERROR 07-01 09:41:21 [core.py:11]   File "/srv/core.py", line 15, in step
(Core pid=60) ERROR 07-01 09:41:21 [core.py:11] ValueError: only 3 GiB are free on the device
(Server pid=59) ERROR 07-01 09:41:26 [server.py:7] Traceback (most recent call last):
(Server pid=59) ERROR 07-01 09:41:26 [server.py:7]   File "/srv/server.py", line 9, in run
(Server pid=59) ERROR 07-01 09:41:26 [server.py:7] engine.EngineDeadError: The core stopped. See stack trace (above) \
for the root cause.
"""
KERNEL = """\
LLVM ERROR: Unsupported rounding mode for conversion.
#blocked = #ttg.blocked<{sizePerThread = [1]}>
/tmp/cache/kernel.py:16:0: error: Failures have been detected while processing an MLIR pass pipeline
Traceback (most recent call last):
  File "/srv/serve.py", line 341, in make
    pm.run(mod)
RuntimeError: PassManager::run failed
"""
EMPTY_LINE = """\
Traceback (most recent call last):
  File "<string>", line 1, in <module>
  File "/srv/lib/spawn.py", line 120, in main
    check()
RuntimeError:
        An attempt has been made to start a new process before the
        current process has finished its bootstrapping phase.

Traceback (most recent call last):
  File "/srv/train.py", line 9, in <module>
    for batch in loader:
RuntimeError: DataLoader worker (pid 41) exited unexpectedly with exit code 1. Details are lost due to multiprocessing.
"""
ROBOT = f"""\
Sum {" ":66}| FAIL |
2 != 3
{"-" * 78}
Fine {" ":65}| PASS |
{"-" * 78}
Gears {" ":64}| FAIL |
2 tests, 1 passed, 1 failed
{"=" * 78}
"""
PLACEHOLDER = """\
  × python setup.py egg_info did not run successfully.
  │ exit code: 1
  ╰─> [7 lines of output]
      Traceback (most recent call last):
        File "/tmp/lattice/setup.py", line 150, in <module>
          raise RuntimeError(open("ERROR.txt").read())
      RuntimeError:
      ##########################
      The package you are trying to install is only a placeholder.
      ##########################
      [end of output]
"""
DEEPSPEED = """\
Loading checkpoint shards:  50%
[2026-03-01 10:00:41,101] [INFO] [launch.py:315:sigkill_handler] Killing subprocess 411
[2026-03-01 10:00:41,102] [ERROR] [launch.py:321:sigkill_handler] ['python', 'train.py', '--local_rank=1'] exits with \
return code = -9
"""
BUS_ERROR = """\
torch.distributed.elastic.multiprocessing.api: [WARNING] Sending process 5 closing signal SIGTERM
torch.distributed.elastic.multiprocessing.api: [ERROR] failed (exitcode: -7) local_rank: 3 (pid: 9) of binary: python
"""
NO_GPU = """\
2026-03-01 10:00:00.3: E tensorflow/cuda/cuda_driver.cc:271] failed call to cuInit: CUDA_ERROR_NO_DEVICE: \
no CUDA-capable device is detected
Traceback (most recent call last):
  File "train.py", line 31, in <module>
    model.fit(x, y)
ValueError: Input 0 of layer "grid" is incompatible with the layer
"""
BARE_NAME = """\
[solve.c:3916] ERROR: (node 1) unresolved numerical troubles cannot be dealt with
Traceback (most recent call last):
  File "/srv/read.py", line 93, in header
    next(reader)
StopIteration
"""
NO_INDEX = """\
Looking in indexes: http://127.0.0.1:9/simple
WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by \
'NewConnectionError('<pip._vendor.urllib3.connection.HTTPConnection object at 0x7f6406d6dbd0>: Failed to establish a \
new connection: [Errno 111] Connection refused')': /simple/lattice/
ERROR: Could not find a version that satisfies the requirement lattice (from versions: none)
ERROR: No matching distribution found for lattice
"""
CYTHON = """\
  error: subprocess-exited-with-error

  × python setup.py egg_info did not run successfully.
  │ exit code: 1
  ╰─> [9 lines of output]
      Error compiling Cython file:
      ------------------------------------------------------------
          return grid(x)
                ^
      ------------------------------------------------------------

      lattice.pyx:3:11: undeclared name not builtin: grid
      Traceback (most recent call last):
        File "<string>", line 3, in <module>
      Cython.Compiler.Errors.CompileError: lattice.pyx
      [end of output]
"""
UV_SCRIPT = """\
error: The build backend returned an error
  cause: Call to `setuptools.build_meta.build_wheel` failed (exit status: 1)

         [stdout]
         Lattice supports Windows only; see the page of the fork for Linux.
"""
LEVELS = """\
2026-03-01 10:00:00,123 WARNING [rank 0] train: no index ([Errno 2] No such file or directory: '/data/index.json')
/srv/lib/device.py:82: UserWarning: CUDA initialization: CUDA unknown error
error: the table of gears is empty
"""


@pytest.mark.parametrize(
    ("log", "wanted"),
    [
        pytest.param(
            NO_INDEX, "cannot be reached: Failed to establish a new connection", id="an index without versions"
        ),
        pytest.param(KERNEL, "Unsupported rounding mode", id="the compiler of a kernel"),
        pytest.param(OTHER_PYTHON, "0.36.0 Requires-Python >=3.6,<3.10", id="a version for another Python"),
        pytest.param(REQUEST, "a file holds a secret", id="the reason below the number of a request"),
        pytest.param(LED_TO, "nvcc was not found", id="a warning that tells more than the error it led to"),
        pytest.param(DEAD_ENGINE, "only 3 GiB are free", id="an engine whose trace stands above"),
        pytest.param(EMPTY_LINE, "An attempt has been made to start a new process", id="a message on its own lines"),
        pytest.param(ROBOT, "2 != 3", id="the message below the name of a test"),
        pytest.param(PLACEHOLDER, "is only a placeholder", id="a message below a ruler, quoted by pip"),
        pytest.param(DEEPSPEED, "rank 1 was killed by SIGKILL", id="a rank that DeepSpeed's launcher reports"),
        pytest.param(BUS_ERROR, "rank 3 was killed by a bus error", id="a rank without shared memory"),
        pytest.param(
            "ImportError: numpy.core.multiarray failed to import\n", "built for another NumPy", id="another NumPy"
        ),
        pytest.param("RuntimeError: Numpy is not available\n", "built for another NumPy", id="PyTorch and NumPy"),
        pytest.param(BARE_NAME, "next(reader)", id="an exception without a word of error in its name"),
        pytest.param(NO_GPU, "is incompatible with the layer", id="a GPU that TensorFlow did without"),
        pytest.param(CYTHON, "undeclared name not builtin: grid", id="Cython's own message"),
        pytest.param(UV_SCRIPT, "Lattice supports Windows only", id="a set-up script's own words, quoted by uv"),
        pytest.param(LEVELS, "table of gears is empty", id="lines that were logged as warnings"),
        pytest.param(UV_CAUSES, "mesh/grid.h", id="the compiler's error below the causes that uv prints"),
        pytest.param(UV_GARBLED, "no solution found: Because mesher>=0.2", id="arrows that a console garbled"),
        pytest.param(UV_CAUSE, "no wheels with a matching Python ABI tag", id="the cause that uv prints"),
        pytest.param(POETRY_SOLVER, "lattice (4.2.0) requires Python >=3.7,<3.11", id="the prose of Poetry's solver"),
        pytest.param(NO_WORD_OF_ERROR, "Lattice supports Windows only", id="a set-up script's own words"),
        pytest.param(JSON_LINES, "SolveError: the matrix is singular", id="a traceback in a JSON object"),
        pytest.param(MANY, "140 tests fail, 3 cannot be set up", id="the counts of pytest's last line"),
        pytest.param(POETRY, "RuntimeError: Unable to find installation candidates for lattice", id="Poetry's report"),
        pytest.param(UV_PROSE, "no wheels with a matching platform tag", id="the end of uv's reason"),
        pytest.param(ANY_NAME, "TemplateAbsent: start.html", id="an exception with a name of its own"),
        pytest.param(CANCELLED, "KeyboardInterrupt", id="a cancelled task follows from an interrupt"),
        pytest.param(NO_COMPILER, "x86_64-linux-gnu-gcc, which the build needs", id="no compiler for a wheel"),
        pytest.param(LAUNCHER, "KeyError: 'learning_rate'", id="a label without a colon"),
        pytest.param(SERVER, "only 3 GiB are free", id="a server that points at the trace of its worker"),
    ],
)
def test_the_sentence_holds_the_reason(log: str, wanted: str) -> None:
    cause = explained(log)
    assert wanted in cause.says or wanted in " ".join(line.text for line in cause.lines[:1])


def test_a_message_that_tells_nothing_is_shown_with_the_paragraph_below_it() -> None:
    lines = " ".join(line.text for line in explained(VAGUE).lines)
    assert "because column names don't match" in lines
    assert "must have the same columns" in lines


def test_an_exception_without_a_message_is_shown_with_its_statement() -> None:
    assert "assert len(rows) == expected" in explained(BARE).lines[0].text


def test_a_message_that_breaks_off_is_shown_with_its_next_line() -> None:
    assert "meshes: x=1 and x=4" in explained(CONTINUED).lines[1].text


def test_a_word_and_a_colon_outside_a_traceback_are_no_exception() -> None:
    cause = explained("BuildReport: two of nine parts\nerror: disk quota of the project is used up\n")
    assert "disk quota" in cause.lines[0].text


HUB = """\
Traceback (most recent call last):
  File "/opt/lib/site-packages/requests/models.py", line 94, in raise_for_status
    raise HTTPError(text)
requests.exceptions.HTTPError: 429 Client Error: Too Many Requests for url: https://hub.example.org/a/config.json

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/srv/train.py", line 12, in <module>
    load()
OSError: We couldn't connect to 'https://hub.example.org' to load this file
"""
LOOKUP = """\
Traceback (most recent call last):
  File "/srv/cache.py", line 9, in get
    return table[name]
KeyError: 'weights'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/srv/train.py", line 12, in <module>
    load()
torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.
"""
UV_ASCII = """\
  x Failed to download
  | https://example.org/python-3.12.tar.gz
  |-> Request failed after 3 retries
  |-> client error (Connect)
  `-> invalid peer certificate: UnknownIssuer
"""
CAUSES = """\
error: Cannot fetch the list of interpreters
  Caused by: Failed to download https://example.org/list.json
  Caused by: the list has no entry for this platform
"""
INTERRUPTED = """\
============================= test session starts ==============================
tests/test_a.py ..
!!!!!!!!!!!!!!!!!!!!!!!!!!!!!! KeyboardInterrupt !!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!
/src/a/poll.py:142: KeyboardInterrupt
============================== 2 passed in 30.07s ==============================
"""
CHILD = """\
serve.py: error: the following arguments are required: --model
Traceback (most recent call last):
  File "/srv/bench.py", line 29, in <module>
    start()
RuntimeError: Failed to start server node_1
"""
TWO_STEPS = """\
##[group]Run mv results.json out/
mv: cannot stat 'results.json': No such file or directory
##[error]Process completed with exit code 1.
##[group]Run python train.py
Traceback (most recent call last):
  File "/srv/train.py", line 12, in <module>
    load()
ValueError: the learning rate is negative
##[error]Process completed with exit code 1.
"""


@pytest.mark.parametrize(
    ("log", "wanted"),
    [
        pytest.param(HUB, "429 Client Error: Too Many Requests", id="the first of chained exceptions"),
        pytest.param(LOOKUP, "CUDA out of memory", id="a failed lookup is not the reason"),
        pytest.param(UV_ASCII, "invalid peer certificate", id="uv on a console without Unicode"),
        pytest.param(INTERRUPTED, "KeyboardInterrupt", id="an interrupted session"),
        pytest.param(CHILD, "arguments are required: --model", id="a server that did not start"),
    ],
)
def test_the_sentence_names_what_came_first(log: str, wanted: str) -> None:
    assert wanted in explained(log).says


def test_a_list_of_causes_is_shown_with_the_error_above_it() -> None:
    cause = explained(CAUSES)
    assert [line.number for line in cause.lines] == [1, 3]
    assert cause.family != "Java"


def test_a_cause_is_not_sure_if_a_later_step_failed_for_a_reason_of_its_own() -> None:
    cause = explained(TWO_STEPS)
    assert cause.confidence is not Confidence.HIGH


def test_a_log_that_begins_within_the_failed_step() -> None:
    log = (
        "Error: disk quota of the project is used up\n+ sccache_epilogue\n+ echo done\ndone\n"
        "##[error]Process completed with exit code 1.\n##[group]Run cat notes.log || true\n"
    )
    assert explained(log).step_failed


def test_uv_prose_that_a_narrow_console_broke_is_in_the_sentence() -> None:
    log = (
        "  × No solution found when resolving dependencies for split (markers:\n  │ python_full_version >= '3.11'):\n\n"
        "  ╰─▶ Because only mesher<=0.1.13 is available and your project depends on\n"
        "      mesher>=0.2.0, we can conclude that your project's requirements are\n      unsatisfiable.\n\n"
        "      hint: the resolution failed for other versions of Python\n"
    )
    assert "depends on mesher>=0.2.0" in explained(log).says


@pytest.mark.parametrize(
    ("log", "wanted"),
    [
        pytest.param(
            "+ python -m mender repair a.whl\nC:\\env\\python.exe: No module named mender\nfailed with code 1.\n",
            "the Python module mender is not installed",
            id="a module that python.exe does not find",
        ),
        pytest.param(
            "Error while checking for conflicts.\nTraceback (most recent call last):\n"
            '  File "/opt/pip/check.py", line 58, in create\n    parse(version)\n'
            "TypeError: expected a string, got 'NoneType'\nInstalling collected packages: wheelkit\n"
            "error: uninstall-no-record-file\n\n× Cannot uninstall wheelkit None\n╰─> The contents are unknown.\n",
            "uninstall-no-record-file",
            id="pip's own report after a traceback that pip survived",
        ),
    ],
)
def test_the_last_report_of_a_tool_wins_over_what_it_survived(log: str, wanted: str) -> None:
    cause = explained(log)
    assert wanted in cause.says


NOX_CRASH = """\
nox > Running session tests-3.14
nox > Command coverage run -m pytest
  --color=yes test/
  failed with exit code -11

nox > Session tests-3.14 failed.
"""
TOX_LINE = """\
py runtests: commands[0] | python -m checks
src/checks.py differs from its template
ERROR: InvocationError: '/src/.tox/py/bin/python -m checks'
___________________________________ summary ____________________________________
ERROR:   py: commands failed
"""
RUFF = """\
nox > ruff check .
F401 [*] `os` imported but unused
 --> app/views.py:1:8
Found 1 error.
nox > Command ruff check . failed with exit code 1
"""
NO_TESTS = """\
nox > pytest -q
no tests ran in 0.01s
nox > Command pytest -q failed with exit code 5
"""
OLD_PATH = "no tests ran in 0.00 seconds\nERROR: file not found: tests/absent\n"
SIMPLIFIED = """\
E0611 08:35:28.4 146213 cuda_dnn.cc:535] Could not create cudnn handle: CUDNN_STATUS_INTERNAL_ERROR
jax.errors.SimplifiedTraceback: For simplicity, JAX has removed its internal frames from the traceback.

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "train.py", line 1, in <module>
jaxlib.xla_extension.XlaRuntimeError: FAILED_PRECONDITION: DNN library initialization failed. Look at the errors above.
"""
INTERNAL = """\
============================= test session starts ==============================
INTERNALERROR> Traceback (most recent call last):
INTERNALERROR>   File "/src/tests/test_limits.py", line 15, in <module>
INTERNALERROR>     sys.exit(1)
INTERNALERROR> SystemExit: 1
============================ no tests ran in 1.20s =============================
PytestUnhandledThreadExceptionWarning: Exception in thread Thread-3
Traceback (most recent call last):
  File "/src/app/numbers.py", line 127, in power
    return value.power()
AttributeError: 'Number' object has no attribute 'power'
"""
SERVED = """\
ERROR:    [Errno 98] error while attempting to bind on address ('0.0.0.0', 8080): address already in use
INFO:     127.0.0.1:64999 - "GET /api/health HTTP/1.1" 404 Not Found
INFO:     127.0.0.1:65000 - "GET /api/health HTTP/1.1" 404 Not Found
"""
VERDICT = "compiling the graph\n❌ Kompilierung fehlgeschlagen!\nno provider for device code is there\n"


@pytest.mark.parametrize(
    ("log", "wanted"),
    [
        pytest.param(NOX_CRASH, "segmentation fault", id="nox reports a crash"),
        pytest.param(TOX_LINE, "differs from its template", id="tox names the command only"),
        pytest.param(RUFF, "F401", id="Ruff's full format"),
        pytest.param(NO_TESTS, "no tests to run", id="a session without tests"),
        pytest.param(OLD_PATH, "tests/absent", id="a path that pytest does not find"),
        pytest.param(INTERNAL, "SystemExit: 1", id="an error of pytest itself"),
        pytest.param(SERVED, "address already in use", id="answered requests are no failures"),
        pytest.param(SIMPLIFIED, "CUDNN_STATUS_INTERNAL_ERROR", id="JAX points at the errors above"),
    ],
)
def test_an_environment_manager_gives_way_to_the_command(log: str, wanted: str) -> None:
    cause = explained(log)
    assert wanted in cause.says
    assert cause.family != "tox and nox" or cause.identified


def test_a_verdict_of_a_script_is_shown_with_what_it_says_next() -> None:
    assert "no provider for device code" in " ".join(line.text for line in explained(VERDICT).lines)


def test_a_summary_without_an_end_is_counted_as_at_least() -> None:
    log = "".join(f"FAILED tests/test_{n}.py::test_a - KeyError: {n}\n" for n in range(400))
    assert explained(log).says.startswith("at least ")


def test_an_exception_in_lower_case_is_the_cause() -> None:
    log = """\
rank 1 up
Traceback (most recent call last):
  File "<string>", line 4, in <module>
struct.error: unpack requires a buffer of 16 bytes
--------------------------------------------------
a non-zero exit code. Per user-direction, the job has been aborted.
"""
    cause = explained(log)
    assert cause.says == "struct.error: unpack requires a buffer of 16 bytes"
    assert cause.confidence is Confidence.HIGH


def test_javascript_has_syntax_errors_of_its_own() -> None:
    log = "SyntaxError: Unexpected token '<', \"<!DOCTYPE \"... is not valid JSON\n    at JSON.parse (<anonymous>)\n"
    assert "Python" not in explained(log).says
