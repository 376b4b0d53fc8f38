"""Write the files of a run: events are appended atomically, other files replaced. Shared with the host side.

Standard library only, Python 3.8: this runs inside containers.
"""

from __future__ import annotations

import json
import os
import time

from sygaldry.supervisor.safe_files import open_regular, read_head

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.supervisor.run_files import RunFiles

SCHEMA = 1
LONGEST = 4096  # bytes of an event
_MOST_ATTEMPTS = 1000
_WHOLE = 1 << 20  # a new ledger is smaller than this
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


def now() -> str:
    """Return the time as RFC 3339, with milliseconds, in UTC."""
    seconds = time.time()
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + ".%03dZ" % (seconds % 1 * 1000)


def replace(path: str, text: str, *, durable: bool = False) -> None:
    """Replace a file atomically. Raises OSError."""
    draft = f"{path}.{os.getpid()}.draft"
    try:
        descriptor = _create(draft)
        try:
            os.write(descriptor, text.encode("utf-8", "surrogateescape"))
            if durable:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(draft, path)
    except OSError:
        try:
            os.unlink(draft)
        except OSError:
            pass
        raise
    if durable:
        sync_folder(path)


def _create(draft: str) -> int:
    """Create a draft; what a killed process or a command left under its name is removed, never opened."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        return os.open(draft, flags, 0o600)
    except FileExistsError:
        os.unlink(draft)
        return os.open(draft, flags, 0o600)


def last_attempt(paths: RunFiles) -> int:
    """Return the number of the newest attempt of a run, by its logs."""
    number = 1
    while number < _MOST_ATTEMPTS and os.path.lexists(paths.log(number + 1)):
        number += 1
    return number


def sync_folder(path: str) -> None:
    """Flush the folder, so that a rename survives a power cut."""
    descriptor = os.open(os.path.dirname(path) or ".", _FOLDER)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Events:
    """Appends events to a run's ledger, each with one write; repairs what a killed writer left."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._sequence = -1

    def append(self, event: str, offset: int, *, durable: bool = True, **facts: object) -> None:
        """Append one event. Raises OSError."""
        descriptor = open_regular(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT)
        try:
            tail = _tail(descriptor)
            if self._sequence < 0:
                self._sequence = last_sequence(tail)
            self._sequence += 1
            record = {"v": SCHEMA, "seq": self._sequence, "ts": now(), "offset": offset, "event": event, **facts}
            _cut_torn_end(descriptor, tail)
            os.write(descriptor, line_of(record))
            if durable:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)


def line_of(record: dict[str, object]) -> bytes:
    """Format a record; long texts are clipped until it fits."""
    longest = LONGEST
    while True:
        line = json.dumps(record, separators=(",", ":")).encode()
        if len(line) < LONGEST:
            return line + b"\n"
        longest //= 2
        record = {name: _clipped(value, longest) for name, value in record.items()}


def _clipped(value: object, longest: int) -> object:
    if isinstance(value, str):
        return value[: longest // 8]
    return [_clipped(each, longest // 4) for each in value[: longest // 64]] if isinstance(value, list) else value


def _tail(descriptor: int) -> bytes:
    size = os.fstat(descriptor).st_size
    start = max(size - 4 * LONGEST, 0)
    return os.pread(descriptor, size - start, start)


def _cut_torn_end(descriptor: int, tail: bytes) -> None:
    """Remove an unfinished last line of a killed writer; appended to, it would never parse."""
    torn = len(tail) - (tail.rfind(b"\n") + 1)
    if torn:
        os.ftruncate(descriptor, os.fstat(descriptor).st_size - torn)


def has_exit_event(path: str) -> bool:
    """Return whether a final state was recorded before the supervisor began."""
    return b'"event":"exit"' in read_head(path, _WHOLE)  # inside a JSON text the quotes would be escaped


def last_sequence(tail: bytes) -> int:
    """Return the newest sequence number in the tail of a ledger; 0 if there is none."""
    for line in reversed(tail.split(b"\n")):
        try:
            number = json.loads(line)["seq"]
        except (ValueError, KeyError, TypeError, RecursionError):
            continue
        if isinstance(number, int):
            return number
    return 0
