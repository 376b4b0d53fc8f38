"""A program that knows the tools reads the log beside us and tells what is in it; we know none, and need none.

Where it cannot run, or fails, or is killed, the job has fewer events and nothing else is different.
"""

from __future__ import annotations

import json
import os
import select
import sys
import time

from sygaldry.supervisor import helper_process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sygaldry.supervisor.run_files import Names
    from sygaldry.supervisor.signals import Ears

EVENTS = ("phase", "error", "warning", "at")
FACTS = ("tool", "phase", "done", "total", "step", "eta_s", "kind", "key", "at", "text")
_OLDEST = (3, 11)
_AFTER_S = 1.0  # what ends sooner is not worth a second Python
_LAST_WORDS_S = 0.1
_PIECE = 1 << 16
_MOST_HELD = 1 << 20


class Observer:
    """Started once an attempt has run for a second; `hear` returns what it said since."""

    def __init__(self, spec: dict[str, Any], names: Names, number: int, ears: Ears) -> None:
        self.pid = 0
        words = {"FOLDER": names.folder, "JOB": names.job, "RUN": names.run, "ATTEMPT": str(number)}
        words["BEGAN"] = repr(time.monotonic())
        self._words = [words.get(word, word) for word in spec.get("observe", ())]
        self._ears = ears
        self._due = time.monotonic() + _AFTER_S
        self._said = self._wish = -1
        self._held = b""
        self._is_ready = False

    def hear(self) -> list[dict[str, Any]]:
        """Start it when it is due; return what it has said, never waiting for it."""
        if self._words and time.monotonic() >= self._due:
            self._start()
        return self._read()

    def finish(self) -> list[dict[str, Any]]:
        """Let it look at the rest, for a moment, if it has come so far; return its last words."""
        if self._wish >= 0:
            os.close(self._wish)
            self._wish = -1
        found = self._read()
        until = time.monotonic() + (_LAST_WORDS_S if self._is_ready else 0)
        while self._said >= 0 and select.select([self._said], [], [], max(until - time.monotonic(), 0))[0]:
            found += self._read()
        self._forget()
        return found

    def _start(self) -> None:
        words, self._words = self._words, []
        if sys.version_info < _OLDEST:
            return
        (wanted, self._wish), (self._said, saying) = os.pipe(), os.pipe()
        self.pid = helper_process.start(words, reads=wanted, writes=saying)
        os.close(wanted)
        os.close(saying)
        os.set_blocking(self._said, False)
        self._ears.also(self._said)

    def _read(self) -> list[dict[str, Any]]:
        if self._said < 0:
            return []
        try:
            piece = os.read(self._said, _PIECE)
        except BlockingIOError:
            return []
        self._is_ready = self._is_ready or bool(piece)
        *lines, self._held = (self._held + piece).split(b"\n")
        if not piece or len(self._held) > _MOST_HELD:
            self._forget()
        return [each for line in lines if (each := _parsed(line))]

    def _forget(self) -> None:
        if self._said >= 0:
            self._ears.forget(self._said)
            os.close(self._said)
            self._said, self.pid = -1, 0


def _parsed(line: bytes) -> dict[str, Any]:
    """Believe a line only as far as it has the shape of one."""
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    if not isinstance(said, dict) or said.get("event") not in EVENTS:
        return {}
    facts = {name: said[name] for name in ("event", *FACTS) if name in said}
    return {name: value for name, value in facts.items() if value is None or isinstance(value, (str, int, float))}
