"""What an interpreter prints while it ends, and what a worker printed before it was gone."""

from tests.unit.explain._explained import explained

IGNORED = (
    "Exception ignored in atexit callback: <function bye at 0x7fa447a0dbc0>\n"
    'Traceback (most recent call last):\n  File "/src/a.py", line 2, in bye\n    flush()\n'
    "RuntimeError: metrics were not flushed\n"
)
LOGGING = (
    "--- Logging error ---\nTraceback (most recent call last):\n"
    '  File "/lib/logging/__init__.py", line 400, in getMessage\n'
    "    msg = msg % self.args\nTypeError: %d format: a real number is required, not str\n"
    "Call stack:\n  File \"/src/a.py\", line 4, in <module>\nMessage: 'loaded %d rows'\nArguments: ('many',)\n"
)
POOL = (
    'Traceback (most recent call last):\n  File "/src/a.py", line 11, in <module>\n'
    "    for r in ex.map(decode, range(10)):\n"
    "concurrent.futures.process.BrokenProcessPool: A process in the process pool was terminated abruptly while the"
    " future was running or pending.\n"
)


def test_an_error_that_the_interpreter_ignored_is_no_cause() -> None:
    assert "matches no file" in explained(f"merge: in/*.csv matches no file\n{IGNORED}").says
    assert "matches no file" in explained(f"{LOGGING}merge: in/*.csv matches no file\n").says


def test_an_output_that_cannot_be_flushed_is_one() -> None:
    log = (
        "Exception ignored in: <_io.TextIOWrapper name='<stdout>' mode='w' encoding='utf-8'>\n"
        "Traceback (most recent call last):\nOSError: [Errno 28] No space left on device\n"
    )
    assert "No space left" in explained(log, 120).says


def test_what_a_worker_printed_last_says_why_it_is_gone() -> None:
    log = f"frame 2\ndecode: frame 5 needs 1024 MiB, limit is 256 MiB\nframe 3\n{POOL}"
    assert "frame 5 needs 1024 MiB" in explained(log).says
    assert "terminated abruptly" in explained(f"frame 2\nframe 3\n{POOL}").says


def test_a_file_that_the_shell_does_not_find_at_the_end_was_needed() -> None:
    log = "error: cache miss for key py-3.11\n{}bash: line 4: .venv/bin/activate: No such file or directory\n{}"
    assert "activate" in explained(log.format("", "")).says


def test_a_log_of_json_objects_names_the_last_error() -> None:
    records = (
        '{"ts": "2026-11-29T01:52:51", "level": "warning", "msg": "3 rows have no id"}\n'
        '{"ts": "2026-11-29T01:52:52", "level": "error", "logger": "etl", "msg": "schema of sink a is stale"}\n'
        '{"ts": "2026-11-29T01:52:53", "level": "info", "msg": "bye", "code": 1}\n'
    )
    assert explained(records).says == "schema of sink a is stale"
    swapped = '{"message": "schema of sink a is stale", "time": 7, "level": "CRITICAL"}\n'
    assert explained(swapped).says == "schema of sink a is stale"


def test_a_pipe_that_broke_has_the_message_of_its_reader() -> None:
    trace = (
        'Traceback (most recent call last):\n  File "<string>", line 2, in <module>\n'
        "BrokenPipeError: [Errno 32] Broken pipe\n"
    )
    assert "value 3 is out of range" in explained(f"filter: value 3 is out of range 5..9\n{trace}").says
    assert "Broken pipe" in explained(trace).says


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
