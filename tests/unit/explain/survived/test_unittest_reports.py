"""Of a test of unittest that failed and could not be torn down, the failure comes first."""

from tests.unit.explain._explained import explained


def test_a_test_that_failed_and_was_not_torn_down_has_its_failure() -> None:
    head = f"{'=' * 70}\nERROR: test_open (__main__.T.test_open)\n{'-' * 70}\nTraceback (most recent call last):\n"
    failure = (
        '  File "/src/test_a.py", line 5, in test_open\n    s.f = open("gears.bin")\n'
        "FileNotFoundError: no gears.bin\n\n"
    )
    tidying = (
        '  File "/src/test_a.py", line 6, in tearDown\n    s.f.close()\n'
        "AttributeError: 'NoneType' object has no attribute 'close'\n\n"
    )
    end = f"{'-' * 70}\nRan 1 test in 0.033s\n\nFAILED (errors=2)\n"
    assert "gears.bin" in explained(f"EE\n{head}{failure}{head}{tidying}{end}").says
    assert "'close'" in explained(f"E\n{head}{tidying}{end}").says
