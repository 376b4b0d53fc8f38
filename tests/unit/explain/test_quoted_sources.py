"""A test that quotes the output of a tool: the listing of its source in a report is not output."""

import pytest

from sygaldry import explain
from sygaldry.diagnosis import Confidence, Facts, Memory

LONG = '''=================================== FAILURES ===================================
________________________________ test_last_line ________________________________

    def test_last_line():
        log = """checking for libfoo... no
    configure: error: cannot find libfoo
    fatal error: orbit.h: No such file or directory
    make: *** [all] Error 1
    """
>       assert parse(log) == "libbar"
E       AssertionError: assert 'libfoo' == 'libbar'

test_q.py:16: AssertionError
=========================== short test summary info ============================
FAILED test_q.py::test_last_line - AssertionError: assert 'libfoo' == 'libbar'
============================== 1 failed in 0.92s ===============================
'''
FRAMES = """=================================== FAILURES ===================================
__________________________________ test_outer __________________________________

    def test_outer():
>       inner()

test_q.py:20:
_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _

    def inner():
        text = '''
ninja: error: loading 'build.ninja': No such file or directory
==> Error: ProcessError: Command exited with status 2
'''
>       assert len(text) == 7
E       assert 93 == 7

text       = 'fatal: not a git repository'

test_q.py:15: AssertionError
=========================== short test summary info ============================
FAILED test_q.py::test_outer - assert 93 == 7
============================== 1 failed in 0.92s ===============================
"""


@pytest.mark.parametrize(
    ("log", "message"),
    [(LONG, "assert 'libfoo' == 'libbar'"), (FRAMES, "assert 93 == 7")],
    ids=["listing", "frames-and-locals"],
)
def test_the_assertion_is_the_cause_and_the_quoted_text_is_nowhere_in_the_answer(log: str, message: str) -> None:
    cause = explain.explain(Memory(log.encode()), Facts(1))
    assert cause is not None
    assert message in cause.says
    assert cause.confidence is Confidence.HIGH
    answer = "\n".join(explain.answer(cause, 200))
    for quoted in ("configure: error", "No such file", "ninja: error", "ProcessError", "not a git repository"):
        assert quoted not in answer


def test_in_the_short_style_the_place_of_a_failure_stands_above_it() -> None:
    log = """=================================== FAILURES ===================================
___________________________________ test_a _____________________________________
test_q.py:16: in test_a
    assert n == 1
E   assert 2 == 1
___________________________________ test_b _____________________________________
test_q.py:24: in test_b
    assert n == 3
E   assert 4 == 3
============================== 2 failed in 0.92s ===============================
"""
    cause = explain.explain(Memory(log.encode()), Facts(1))
    assert cause is not None
    assert cause.where == "test_a, test_q.py:16"
