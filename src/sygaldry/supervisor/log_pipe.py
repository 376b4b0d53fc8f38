"""`--log-mode pipe`: carry the output into the log ourselves, to mask secrets and to outlive a full disk.

Both ends of the pipe stay open in the anchor, so that a killed supervisor does not break it.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sygaldry.supervisor.signals import Ears

_CHUNK = 1 << 18
_MOST_CHUNKS = 64  # then the clock and the signals get a look
_SHORTEST = 4
_NAMES = ("TOKEN", "SECRET", "PASSWORD", "PASSWD", "API_KEY", "ACCESS_KEY", "PRIVATE_KEY")


class Sink:
    """Reads, masks, writes. What the disk does not take is dropped and counted: the command is never blocked."""

    def __init__(self, reader: int, log: int, secrets: tuple[bytes, ...]) -> None:
        self.reader = reader
        self.dropped = 0
        self._log = log
        self._secrets = masked_first(secrets)
        self._held = b""
        os.set_blocking(reader, False)

    def drain(self) -> None:
        """Carry what is there now."""
        for _ in range(_MOST_CHUNKS):
            if not self._carried():
                return

    def finish(self) -> None:
        """Carry the rest, once nobody is left to write."""
        while self._carried():
            pass
        held, self._held = self._held, b""
        self._write(held)

    def _carried(self) -> bool:
        try:
            chunk = os.read(self.reader, _CHUNK)
        except BlockingIOError:
            return False
        self._write(self._masked(chunk))
        return bool(chunk)

    def _masked(self, chunk: bytes) -> bytes:
        data = self._held + chunk
        for secret in self._secrets:
            data = data.replace(secret, b"***")
        # The beginning of a secret waits for its rest.
        end = len(data) - max((_begun(data, secret) for secret in self._secrets), default=0)
        self._held = data[end:]
        return data[:end]

    def _write(self, data: bytes) -> None:
        while data:
            try:
                data = data[os.write(self._log, data) :]
            except OSError:
                self.dropped += len(data)
                return


def sink_for(pipe: tuple[int, int] | None, log: int, spec: dict[str, Any], ears: Ears) -> Sink | None:
    """Return what carries the output where the command does not write into the log itself."""
    if pipe is None:
        return None
    ears.also(pipe[0])
    return Sink(pipe[0], log, secrets(dict(os.environb), tuple(spec.get("mask", ()))))


def secrets(environment: dict[bytes, bytes], also: tuple[str, ...]) -> tuple[bytes, ...]:
    """Return the values to mask: of the names given, and of those that tell what they are."""
    telling = [name for name in environment if any(word in name.decode("latin-1").upper() for word in _NAMES)]
    return tuple(environment.get(name, b"") for name in {*telling, *(each.encode() for each in also)})


def masked_first(secrets: tuple[bytes, ...]) -> list[bytes]:
    """Order secrets for masking: one that holds another goes first, what is too short to be one not at all."""
    return sorted((each for each in secrets if len(each) >= _SHORTEST), key=len, reverse=True)


def _begun(data: bytes, secret: bytes) -> int:
    """Return how many of the last bytes could be the beginning of a secret."""
    for length in range(min(len(secret) - 1, len(data)), 0, -1):
        if data.endswith(secret[:length]):
            return length
    return 0
