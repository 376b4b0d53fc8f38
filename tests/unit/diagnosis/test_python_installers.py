"""Installers of Python: pip, Poetry, uv."""

import pytest
from tests.unit.explain._explained import explained

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


OTHER_PYTHON = """\
ERROR: Ignored the following versions that require a different python version: 0.36.0 Requires-Python >=3.6,<3.10; \
0.37.0 Requires-Python >=3.7,<3.10
ERROR: Could not find a version that satisfies the requirement lattice==0.36.0 (from versions: 0.2.0, 0.38.0)
ERROR: No matching distribution found for lattice==0.36.0
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


UV_ASCII = """\
  x Failed to download
  | https://example.org/python-3.12.tar.gz
  |-> Request failed after 3 retries
  |-> client error (Connect)
  `-> invalid peer certificate: UnknownIssuer
"""


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


@pytest.mark.parametrize(
    ("log", "wanted"),
    [
        pytest.param(
            NO_INDEX, "cannot be reached: Failed to establish a new connection", id="an index without versions"
        ),
        pytest.param(OTHER_PYTHON, "0.36.0 Requires-Python >=3.6,<3.10", id="a version for another Python"),
        pytest.param(LED_TO, "nvcc was not found", id="a warning that tells more than the error it led to"),
        pytest.param(PLACEHOLDER, "is only a placeholder", id="a message below a ruler, quoted by pip"),
        pytest.param(CYTHON, "undeclared name not builtin: grid", id="Cython's own message"),
        pytest.param(UV_SCRIPT, "Lattice supports Windows only", id="a set-up script's own words, quoted by uv"),
        pytest.param(UV_CAUSES, "mesh/grid.h", id="the compiler's error below the causes that uv prints"),
        pytest.param(UV_GARBLED, "no solution found: Because mesher>=0.2", id="arrows that a console garbled"),
        pytest.param(UV_CAUSE, "no wheels with a matching Python ABI tag", id="the cause that uv prints"),
        pytest.param(POETRY_SOLVER, "lattice (4.2.0) requires Python >=3.7,<3.11", id="the prose of Poetry's solver"),
        pytest.param(NO_WORD_OF_ERROR, "Lattice supports Windows only", id="a set-up script's own words"),
        pytest.param(POETRY, "RuntimeError: Unable to find installation candidates for lattice", id="Poetry's report"),
        pytest.param(UV_PROSE, "no wheels with a matching platform tag", id="the end of uv's reason"),
        pytest.param(NO_COMPILER, "x86_64-linux-gnu-gcc, which the build needs", id="no compiler for a wheel"),
        pytest.param(UV_ASCII, "invalid peer certificate", id="uv on a console without Unicode"),
    ],
)
def test_an_installer_is_quoted_with_its_reason(log: str, wanted: str) -> None:
    cause = explained(log)
    assert wanted in cause.says or wanted in " ".join(line.text for line in cause.lines[:1])
