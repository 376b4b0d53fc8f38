"""Errors that a program logged, or went on without by its own words, are not what ended it."""

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


def test_an_error_that_a_script_continues_without_is_survived() -> None:
    first = (
        'Traceback (most recent call last):\n  File "/src/train.py", line 6, in main\n    print(cfg.heads)\n'
        "ConfigAttributeError: Key 'heads' is not in struct\n"
    )
    second = "In 'config': Could not find 'model/large'\n"
    between = "+ echo 'trying the large model'\ntrying the large model\n+ python train.py model=large\n"
    log = f"+ python train.py\n{first}{between}{second}"
    assert "model/large" in explained(log).says
    assert "heads" in explained(f"+ python train.py\n{first}").says


def test_the_exit_code_of_a_worker_is_not_why_it_ended() -> None:
    worker = (
        'Process shard-2:\nTraceback (most recent call last):\n  File "/src/serve.py", line 7, in worker\n'
        "    cfg = json.loads(text)\njson.decoder.JSONDecodeError: Expecting value: line 1 column 34 (char 33)\n"
    )
    parent = (
        'worker 1 started\nTraceback (most recent call last):\n  File "/src/serve.py", line 21, in <module>\n'
        '    raise RuntimeError("...")\nRuntimeError: shard-2 exited with code 1, shutting down\n'
    )
    assert "Expecting value" in explained(worker + parent).says


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
