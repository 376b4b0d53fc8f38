"""Errors that a Python interpreter reports and ignores are no cause."""

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


def test_an_error_that_the_interpreter_ignored_is_no_cause() -> None:
    assert "matches no file" in explained(f"merge: in/*.csv matches no file\n{IGNORED}").says
    assert "matches no file" in explained(f"{LOGGING}merge: in/*.csv matches no file\n").says


def test_an_output_that_cannot_be_flushed_is_one() -> None:
    log = (
        "Exception ignored in: <_io.TextIOWrapper name='<stdout>' mode='w' encoding='utf-8'>\n"
        "Traceback (most recent call last):\nOSError: [Errno 28] No space left on device\n"
    )
    assert "No space left" in explained(log, 120).says
