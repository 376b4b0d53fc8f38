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
from sygaldry.jobs import counts, estimate, history
from sygaldry.jobs.estimate import Count, Earlier, Mark, Position
from sygaldry.jobs.paths import RunFiles

Record = dict[str, object]

_PAUSE_S: Final = 0.5
_QUIET_PAUSE_S: Final = 1.0  # once nothing was printed for a while
_QUIET_AFTER: Final = 20  # looks
_SHARE: Final = 50  # at most one part in 50 of the time is spent parsing
_PROGRESS_SHARE: Final = 500  # and one in so many on the position, which the end of the log is read again for
_PIECE: Final = 1 << 20  # bytes parsed at once; older output of a faster tool is skipped
_MARKS: Final = 1000  # kept of the counts over time
_KINDS: Final = 50  # errors, and warnings, reported per attempt
_OF_A_KIND: Final = 5


def main() -> None:
    """Observe until stdin is closed; the arguments are folder, job, run, attempt and start time."""
    folder, job, run, attempt, began = sys.argv[-5:]
    paths = RunFiles(folder, job, run)
    runs = history.good_runs(folder, job, run)
    observer = Observer(paths.log(int(attempt)), float(began), history.known_errors(runs), history.earlier_runs(runs))
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

    def __init__(self, log: str, began: float, known: frozenset[int], earlier: list[Earlier]) -> None:
        self._descriptor = os.open(log, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        self._began = began
        self._known = known
        self._earlier = earlier
        self.offset = 0
        self._phase: tuple[str, str] | None = None
        self._last_position: Record = {}
        self._read_to, self._progress_due = 0, 0.0
        self._count: Count | None = None
        self._marks: list[Mark] = []  # of the part that is counted now
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
        if found is None and self._count is None and not self._earlier:
            return
        left = estimate.remaining(self._position(found, size, now - self._began), self._earlier)
        where: Record = {"done": found.done, "total": found.total, "step": found.step} if found else {}
        tool: Record = {"tool": found.tool} if found and counts.count_of(found) else {}
        phase = (found.tool, found.phase) if found and found.phase else None
        if phase and phase != self._phase:
            self._phase = phase
            yield {"event": "phase", "tool": phase[0], "phase": phase[1], **where}
        at = {"event": "at", **tool, **where, "eta_s": None if left is None else round(left.middle_s)}
        if left is not None:
            at |= {"eta_low_s": round(left.low_s), "eta_high_s": round(left.high_s)}
        if at != self._last_position:
            self._last_position = at
            yield at

    def _position(self, found: progress.Progress | None, size: int, elapsed_s: float) -> Position:
        """Note where this run is; a count that newer output hides still holds."""
        count = counts.count_of(found)
        if count:
            if self._count and not counts.continues(count, self._count):
                self._marks.clear()
            self._count = count
            self._marks.append(Mark(elapsed_s, count.done))
            if len(self._marks) > _MARKS:
                del self._marks[1::2]
        first = self._marks[0] if self._marks else None
        last_s = self._marks[-1].at_s if self._marks else elapsed_s
        return Position(elapsed_s, size, self._count, first, counts.middle_of(self._marks, last_s), elapsed_s - last_s)
