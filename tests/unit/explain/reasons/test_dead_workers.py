"""What a worker printed before it was gone stands beside the report of its parent."""

from tests.unit.explain._explained import explained

POOL = (
    'Traceback (most recent call last):\n  File "/src/a.py", line 11, in <module>\n'
    "    for r in ex.map(decode, range(10)):\n"
    "concurrent.futures.process.BrokenProcessPool: A process in the process pool was terminated abruptly while the"
    " future was running or pending.\n"
)


def test_what_a_worker_printed_last_says_why_it_is_gone() -> None:
    log = f"frame 2\ndecode: frame 5 needs 1024 MiB, limit is 256 MiB\nframe 3\n{POOL}"
    assert "frame 5 needs 1024 MiB" in explained(log).says
    assert "terminated abruptly" in explained(f"frame 2\nframe 3\n{POOL}").says


def test_a_pipe_that_broke_has_the_message_of_its_reader() -> None:
    trace = (
        'Traceback (most recent call last):\n  File "<string>", line 2, in <module>\n'
        "BrokenPipeError: [Errno 32] Broken pipe\n"
    )
    assert "value 3 is out of range" in explained(f"filter: value 3 is out of range 5..9\n{trace}").says
    assert "Broken pipe" in explained(trace).says
