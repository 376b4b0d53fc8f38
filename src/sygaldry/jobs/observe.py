"""Read a job's log while it grows and tell its supervisor what is in it: phases, progress, first errors and warnings.

A process of its own beside the supervisor, which knows no tool: one JSON object a line on standard output, until
standard input is closed. It never touches the job, and a job without it is only less talkative.
"""

import json
import os
import select
import sys
import time
from collections.abc import Iterator
from typing import Final

from sygaldry import explain, progress
from sygaldry.jobs import estimate, history
from sygaldry.jobs.history import Profile
from sygaldry.jobs.paths import Names

Said = dict[str, object]

_PAUSE_S: Final = 0.5
_SHARE: Final = 50  # of the time at most one part in so many is spent looking
_PIECE: Final = 1 << 20  # bytes looked at in one go; what a faster tool printed before them is passed over
_KINDS: Final = 50  # errors, and warnings, told of one attempt
_OF_A_KIND: Final = 5


def main() -> None:
    """Observe until nobody wants it; the words are the folder, the job, the run, the attempt and when it began."""
    folder, job, run, attempt, began = sys.argv[-5:]
    names = Names(folder, job, run)
    runs = history.good_runs(folder, job, run)
    observer = Observer(names.log(int(attempt)), float(began), history.known_errors(runs), history.profiles(runs))
    os.write(1, b'{"event":"at"}\n')  # ready: from here on it is worth waiting for our last words
    over, pause = False, 0.0
    while not over:
        over = bool(select.select([0], [], [], pause)[0])
        begun = time.process_time()
        for said in observer.look(time.monotonic(), over=over):
            os.write(1, json.dumps(said).encode() + b"\n")
        pause = max(_PAUSE_S, (time.process_time() - begun) * _SHARE)


class Observer:
    """Looks at what is new in a log each time it is asked. `began` is by the monotonic clock, in seconds."""

    def __init__(self, log: str, began: float, known: frozenset[int], earlier: list[Profile]) -> None:
        self._descriptor = os.open(log, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        self._began = began
        self._known = known
        self._earlier = earlier
        self._offset = 0
        self._phase: tuple[str, str] | None = None
        self._last: Said = {}
        self._told: dict[str, dict[int, str]] = {"error": {}, "warning": {}}

    def look(self, now: float, *, over: bool = False) -> Iterator[Said]:
        """Yield what is new; a line without an end is read once it is `over`."""
        size = os.fstat(self._descriptor).st_size
        if size > self._offset:
            yield from self._signs(size, over=over)
            yield from self._progress(size, now)

    def _signs(self, size: int, *, over: bool) -> Iterator[Said]:
        start = max(self._offset, size - _PIECE)
        raw = os.pread(self._descriptor, size - start, start)
        whole = len(raw) if over else raw.rfind(b"\n") + 1 or (len(raw) if len(raw) == _PIECE else 0)
        self._offset = start + whole
        for sign in explain.signs(raw[:whole], start):
            told = self._told[sign.level]
            known = sign.key in told or (sign.level == "error" and sign.key in self._known)
            if known or len(told) >= _KINDS or list(told.values()).count(sign.kind) >= _OF_A_KIND:
                continue
            told[sign.key] = sign.kind
            yield {"event": sign.level, "kind": sign.kind, "key": sign.key, "at": sign.offset, "text": sign.text}

    def _progress(self, size: int, now: float) -> Iterator[Said]:
        start = max(size - progress.NEWEST, 0)
        found = progress.read(os.pread(self._descriptor, size - start, start))
        if found is None and not self._earlier:
            return
        left = estimate.remaining_s(now - self._began, size, found.fraction if found else None, self._earlier)
        where: Said = {"done": found.done, "total": found.total, "step": found.step} if found else {}
        phase = (found.tool, found.phase) if found and found.phase else None
        if phase and phase != self._phase:
            self._phase = phase
            yield {"event": "phase", "tool": phase[0], "phase": phase[1], **where}
        at = {"event": "at", **where, "eta_s": None if left is None else round(left)}
        if at != self._last:
            self._last = at
            yield at
