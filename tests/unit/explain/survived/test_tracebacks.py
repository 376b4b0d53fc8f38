"""A traceback that the program printed and survived is not the cause; the last one may follow from it."""

import pytest
from tests.unit.explain._explained import explained

MISSING = (
    'Traceback (most recent call last):\n  File "/src/ops.py", line 3, in <module>\n    import fast_gears\n'
    "ModuleNotFoundError: No module named 'fast_gears'\n"
)
ENDED = 'Traceback (most recent call last):\n  File "/src/run.py", line 9, in main\n    step()\n{error}\n'


def test_a_traceback_that_the_program_printed_and_survived_is_not_the_cause() -> None:
    last = ENDED.format(error="gears.Jammed: tooth 7 does not fit")
    assert "tooth 7" in explained(f"{MISSING}fast gears are not here, using slow ones\n{last}").says


@pytest.mark.parametrize(
    ("between", "error"),
    [
        pytest.param("loading\n", "BrokenPipeError: [Errno 32] Broken pipe", id="the other end is gone"),
        pytest.param("loading\n", "RuntimeError: worker 3 died", id="a worker died"),
        pytest.param("loading\n", "RuntimeError: training failed", id="a verdict"),
        pytest.param(
            "\nDuring handling of the above exception, another exception occurred:\n\n", "KeyError: 'x'", id="chained"
        ),
    ],
)
def test_a_last_traceback_that_follows_from_another_one_is_not_the_cause(between: str, error: str) -> None:
    assert "fast_gears" in explained(f"{MISSING}{between}{ENDED.format(error=error)}").says


def test_what_an_interpreter_reports_while_it_ends_is_not_the_cause() -> None:
    atexit = ENDED.format(error="RuntimeError: DataLoader worker (pid 41) is killed by signal: Terminated.")
    ignored = ENDED.format(error="OSError: [Errno 9] Bad file descriptor")
    log = f"{MISSING}Error in atexit._run_exitfuncs:\n{atexit}Exception ignored in: <function Pool.__del__>\n{ignored}"
    assert "fast_gears" in explained(log).says


def test_a_heading_that_ends_a_part_begins_no_other() -> None:
    end = "=== finished with status 1 at Sat Nov 28 22:10:01 UTC 2026 ===\nUploading\nERROR: job failed, see above\n"
    assert "fast_gears" in explained(f"=== load ===\n{MISSING}\n{end}").says


def test_other_ranks_only_report_that_one_is_gone() -> None:
    gone = ENDED.format(
        error="RuntimeError: [/src/gloo/transport/tcp/pair.cc:553] Connection closed by peer [127.0.0.1]:4"
    )
    assert "fast_gears" in explained(f"{MISSING}{gone}").says


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
