"""Parse a job's log while it grows and report phases, progress, first errors and warnings to the supervisor.

A process of its own beside the supervisor: one JSON object per line on standard output until standard input is
closed. It never touches the job; a job without it only has fewer events.
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
from sygaldry.jobs.paths import RunFiles

Record = dict[str, object]

_PAUSE_S: Final = 0.5
_QUIET_PAUSE_S: Final = 1.0  # once nothing was printed for a while
_QUIET_AFTER: Final = 20  # looks
_SHARE: Final = 50  # at most one part in 50 of the time is spent parsing
_PROGRESS_SHARE: Final = 500  # and one in so many on the position, which the end of the log is read again for
_PIECE: Final = 1 << 20  # bytes parsed at once; older output of a faster tool is skipped
_KINDS: Final = 50  # errors, and warnings, reported per attempt
_OF_A_KIND: Final = 5


def main() -> None:
    """Observe until stdin is closed; the arguments are folder, job, run, attempt and start time."""
    folder, job, run, attempt, began = sys.argv[-5:]
    paths = RunFiles(folder, job, run)
    runs = history.good_runs(folder, job, run)
    observer = Observer(paths.log(int(attempt)), float(began), history.known_errors(runs), history.profiles(runs))
    os.write(1, b'{"event":"at"}\n')  # ready: from here on our last records are worth waiting for
    finished, pause, quiet = False, 0.0, 0
    while not finished:
        finished = bool(select.select([0], [], [], pause)[0])
        begun, before = time.process_time(), observer.offset
        for record in observer.poll(time.monotonic(), finished=finished):
            os.write(1, json.dumps(record).encode() + b"\n")
        quiet = quiet + 1 if observer.offset == before else 0
        least = _PAUSE_S if quiet < _QUIET_AFTER else _QUIET_PAUSE_S
        pause = max(least, (time.process_time() - begun) * _SHARE)


class Observer:
    """Parses the new part of a log at each poll. `began` is a time of the monotonic clock."""

    def __init__(self, log: str, began: float, known: frozenset[int], earlier: list[Profile]) -> None:
        self._descriptor = os.open(log, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        self._began = began
        self._known = known
        self._earlier = earlier
        self.offset = 0
        self._phase: tuple[str, str] | None = None
        self._last_position: Record = {}
        self._read_to, self._progress_due = 0, 0.0
        self._reported: dict[str, dict[int, str]] = {"error": {}, "warning": {}}

    def poll(self, now: float, *, finished: bool = False) -> Iterator[Record]:
        """Yield new records; an unterminated line is parsed once the job is `finished`."""
        size = os.fstat(self._descriptor).st_size
        if size > self.offset:
            yield from self._signals(size, finished=finished)
        if size > self._read_to and (finished or now >= self._progress_due):
            begun = time.process_time()
            yield from self._progress(size, now)
            self._read_to = size
            self._progress_due = now + (time.process_time() - begun) * _PROGRESS_SHARE

    def _signals(self, size: int, *, finished: bool) -> Iterator[Record]:
        start = max(self.offset, size - _PIECE)
        raw = os.pread(self._descriptor, size - start, start)
        complete = len(raw) if finished else raw.rfind(b"\n") + 1 or (len(raw) if len(raw) == _PIECE else 0)
        self.offset = start + complete
        for sign in explain.signs(raw[:complete], start):
            reported = self._reported[sign.level]
            known = sign.key in reported or (sign.level == "error" and sign.key in self._known)
            if known or len(reported) >= _KINDS or list(reported.values()).count(sign.kind) >= _OF_A_KIND:
                continue
            reported[sign.key] = sign.kind
            yield {"event": sign.level, "kind": sign.kind, "key": sign.key, "at": sign.offset, "text": sign.text}

    def _progress(self, size: int, now: float) -> Iterator[Record]:
        start = max(size - progress.NEWEST, 0)
        found = progress.read(os.pread(self._descriptor, size - start, start))
        if found is None and not self._earlier:
            return
        evidence = (now - self._began, size, found.fraction if found else None, self._earlier)
        left, span = estimate.remaining_s(*evidence), estimate.remaining_range_s(*evidence)
        where: Record = {"done": found.done, "total": found.total, "step": found.step} if found else {}
        phase = (found.tool, found.phase) if found and found.phase else None
        if phase and phase != self._phase:
            self._phase = phase
            yield {"event": "phase", "tool": phase[0], "phase": phase[1], **where}
        at = {"event": "at", **where, "eta_s": None if left is None or span is None else round(left)}
        if span is not None:
            at |= {"eta_low_s": round(span[0]), "eta_high_s": round(span[1])}
        if at != self._last_position:
            self._last_position = at
            yield at
