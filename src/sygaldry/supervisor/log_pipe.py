"""`--log-mode pipe`: copy the output into the log through a pipe, to mask secrets and to survive a full disk.

Both ends of the pipe stay open in the anchor, so that a killed supervisor does not break it.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sygaldry.supervisor.signals import EventLoop

_CHUNK = 1 << 18
_MOST_CHUNKS = 64  # then timers and signals are served
_SHORTEST = 4
_NAMES = ("TOKEN", "SECRET", "PASSWORD", "PASSWD", "API_KEY", "ACCESS_KEY", "PRIVATE_KEY")


class LogPipe:
    """Reads, masks and writes. Output that cannot be written is dropped and counted: the command is never blocked."""

    def __init__(self, reader: int, log: int, secrets: tuple[bytes, ...]) -> None:
        self.reader = reader
        self.dropped = 0
        self._log = log
        self._secrets = order_secrets(secrets)
        self._pending = b""
        os.set_blocking(reader, False)

    def drain(self) -> None:
        """Copy the output that is available now."""
        for _ in range(_MOST_CHUNKS):
            if not self._copy_chunk():
                return

    def finish(self) -> None:
        """Copy the rest after the last writer has ended."""
        while self._copy_chunk():
            pass
        pending, self._pending = self._pending, b""
        self._write(pending)

    def _copy_chunk(self) -> bool:
        try:
            chunk = os.read(self.reader, _CHUNK)
        except BlockingIOError:
            return False
        self._write(self._mask(chunk))
        return bool(chunk)

    def _mask(self, chunk: bytes) -> bytes:
        data = self._pending + chunk
        for secret in self._secrets:
            data = data.replace(secret, b"***")
        # A partial secret at the end waits for its rest.
        end = len(data) - max((_partial_match(data, secret) for secret in self._secrets), default=0)
        self._pending = data[end:]
        return data[:end]

    def _write(self, data: bytes) -> None:
        while data:
            try:
                data = data[os.write(self._log, data) :]
            except OSError:
                self.dropped += len(data)
                return


def open_log_pipe(pipe: tuple[int, int] | None, log: int, spec: dict[str, Any], loop: EventLoop) -> LogPipe | None:
    """Return the log pipe, or None where the command writes the log itself."""
    if pipe is None:
        return None
    loop.add_fd(pipe[0])
    return LogPipe(pipe[0], log, secrets(dict(os.environb), tuple(spec.get("mask", ()))))


def secrets(environment: dict[bytes, bytes], extra: tuple[str, ...]) -> tuple[bytes, ...]:
    """Return the values to mask: of the given names, and of variables whose names suggest a secret."""
    named = [name for name in environment if any(word in name.decode("latin-1").upper() for word in _NAMES)]
    return tuple(environment.get(name, b"") for name in {*named, *(each.encode() for each in extra)})


def order_secrets(secrets: tuple[bytes, ...]) -> list[bytes]:
    """Order secrets for masking: longest first, those that are too short left out."""
    return sorted((each for each in secrets if len(each) >= _SHORTEST), key=len, reverse=True)


def _partial_match(data: bytes, secret: bytes) -> int:
    """Return how many of the last bytes may be the start of a secret."""
    for length in range(min(len(secret) - 1, len(data)), 0, -1):
        if data.endswith(secret[:length]):
            return length
    return 0
