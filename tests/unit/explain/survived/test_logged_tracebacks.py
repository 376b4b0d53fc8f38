"""Errors that a program logged before it went on are not what ended it."""

import pytest
from tests.unit.explain._explained import explained

ROW = (
    "2026-11-29 01:25:10,640 ERROR [ForkPoolWorker-{n}] row {n} is odd, using 0.0\n"
    'Traceback (most recent call last):\n  File "/src/prep.py", line 8, in parse\n    float(text + "x")\n'
    "ValueError: could not convert string to float: '{n}.5x'\n"
)
GOES_ON = "2026-11-29 01:25:10,802 INFO [MainProcess] parsed 20 rows\n"
NEVER = (
    "[2026-11-29 01:25:16,062] ERROR    asyncio - Task exception was never retrieved\n"
    "future: <Task finished name='Task-2' coro=<heartbeat() done, defined at /src/bot.py:4> exception=TypeError('x')>\n"
    'Traceback (most recent call last):\n  File "/src/bot.py", line 6, in heartbeat\n    raise TypeError("x")\n'
    "TypeError: x\n"
)


def test_a_traceback_that_is_logged_again_and_again_is_survived() -> None:
    rows = "".join(ROW.format(n=n) for n in (5, 42, 79))
    end = "2026-11-29 01:25:10,854 ERROR [MainProcess] column 'lng' is not in the table\n"
    assert "lng" in explained(f"{rows}{GOES_ON}{end}", 3).says


@pytest.mark.parametrize("end", ["preprocessing failed", "pipeline aborted, see the errors above", "worker 3 died"])
def test_a_last_record_without_a_reason_leaves_it_to_the_traceback(end: str) -> None:
    rows = "".join(ROW.format(n=n) for n in (5, 42))
    assert "string to float" in explained(f"{rows}{GOES_ON}2026-11-29 01:25:10,854 ERROR [MainProcess] {end}\n").says


def test_a_task_that_nobody_waited_for_did_not_end_the_program() -> None:
    end = "[2026-11-29 01:25:16,237] CRITICAL bot - BOT_TOKEN is not set; refusing to log in\n"
    assert "BOT_TOKEN" in explained(f"{NEVER}{end}", 78).says
    assert "TypeError" in explained(NEVER).says
