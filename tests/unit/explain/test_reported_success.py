"""A log that ends with the report of a success, where nobody knows the exit code."""

import pytest
from tests.unit.explain._explained import explained

from sygaldry import explain
from sygaldry.diagnosis import Cause, Confidence, Facts, Memory

ERROR = 'Traceback (most recent call last):\n  File "a.py", line 3, in <module>\nValueError: handled\n'
SUCCESSES = [
    "Build completed, artifacts in dist/\n",
    "rm: cannot remove 'restart.0001': No such file or directory\njob finished: 0 errors\n",
    "Successfully tagged team/app:1\n",
    "============ 12 passed, 1 skipped in 0.30s ============\n",
    "-- Generating done (4.7s)\n-- Build files have been written to: /b\n",
    "  py311: OK\n  congratulations :)\n",
    "#12 exporting layers\n#12 DONE 7.0s\n",
]


def without_code(log: str) -> Cause:
    cause = explain.explain(Memory(log.encode()), Facts(None))
    assert cause is not None
    return cause


@pytest.mark.parametrize("success", SUCCESSES)
def test_the_answer_is_careful(success: str) -> None:
    cause = without_code(ERROR + success)
    assert "ends with the report of a success" in cause.outcome
    assert cause.confidence is Confidence.LOW


def test_an_exit_code_outranks_it() -> None:
    assert explained(ERROR + SUCCESSES[0]).outcome == "exited 1"


@pytest.mark.parametrize("end", ["", "======== 1 failed, 12 passed in 0.30s ========\n", "Successfully\n"])
def test_other_ends_are_no_success(end: str) -> None:
    cause = without_code(ERROR + end)
    assert "success" not in cause.outcome
    assert "ValueError: handled" in cause.says
