"""Tools that run tests of Python: pytest, tox, nox, Ruff."""

import pytest
from tests.unit.explain._explained import explained

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


def test_a_summary_without_an_end_is_counted_as_at_least() -> None:
    log = "".join(f"FAILED tests/test_{n}.py::test_a - KeyError: {n}\n" for n in range(400))
    assert explained(log).says.startswith("at least ")


def test_of_errors_in_fixtures_the_first_is_shown() -> None:
    log = (
        "==================================== ERRORS ====================================\n"
        "__________________________ ERROR at setup of test_one __________________________\n"
        "test_srv.py:7: in server\n    s.start()\n"
        "E   OSError: [Errno 98] Address already in use: '127.0.0.1:5432'\n"
        "_______________________ ERROR at teardown of test_three ________________________\n"
        "test_srv.py:11: in tmp\n    out.unlink()\n"
        "E   FileNotFoundError: [Errno 2] No such file or directory: '/tmp/out.txt'\n"
        "=========================== short test summary info ============================\n"
        "ERROR test_srv.py::test_one - OSError: [Errno 98] Address already in use: '12...\n"
        "ERROR test_srv.py::test_three - FileNotFoundError: [Errno 2] No such file or ...\n"
        "========================= 2 passed, 2 errors in 0.08s =========================\n"
    )
    assert "Address already in use" in explained(log).says
