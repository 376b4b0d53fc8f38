"""How the last good run of a job went, kept small; from it comes what is left of the run that goes on now."""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Final
from zlib import crc32

from sygaldry.progress import NEWEST, Progress, Usual, read

_MARKS: Final = 64
_PACE: Final = (0.4, 2.5)  # how much slower or faster than usual this run is believed to be


def remembered(bytes_at: Callable[[int, int], bytes], samples: Iterable[tuple[float, int]]) -> Usual | None:
    """Keep up to 64 marks of a run: when its log was how long, and what was being done then."""
    times = [sample for sample in samples if sample[1] > 0]
    if not times or times[-1][0] <= 0:
        return None
    seconds, size = times[-1]
    step = max(len(times) // _MARKS, 1)
    marks = tuple(
        (at, offset, _key(read(bytes_at(max(offset - NEWEST, 0), min(NEWEST, offset))))) for at, offset in times[::step]
    )
    return Usual(seconds, size, marks[:_MARKS])


def remaining(usual: Usual, newest: bytes, size: int, elapsed_s: float) -> float:
    """Estimate the seconds that are left: where the good run was when it did the same, at this run's own pace."""
    reached = _reached(usual, _key(read(newest)), size)
    if reached <= 0:
        return max(usual.seconds - elapsed_s, 0.0)
    slowest, fastest = _PACE[1], _PACE[0]
    pace = min(max(elapsed_s / reached, fastest), slowest)
    return max((usual.seconds - reached) * pace, 0.0)


def _reached(usual: Usual, key: int, size: int) -> float:
    """The time of the good run at which it did what is done now; by the length of the log where none fits."""
    same = [at for at, _, what in usual.marks if key and what == key]
    by_size = _between(usual.marks, size)
    if not same:
        return by_size
    return min(max(by_size, same[0]), _after(usual, same[-1]))


def _between(marks: Sequence[tuple[float, int, int]], size: int) -> float:
    for (earlier, small, _), (later, large, _) in pairwise(marks):
        if small <= size < large:
            return earlier + (later - earlier) * (size - small) / (large - small)
    return marks[-1][0] if marks and size >= marks[-1][1] else 0.0


def _after(usual: Usual, at: float) -> float:
    return next((later for later, _, _ in usual.marks if later > at), usual.seconds)


def _key(progress: Progress | None) -> int:
    """Number what is being done: the tool, its phase, and the step without its numbers."""
    if progress is None:
        return 0
    step = "".join(letter for letter in progress.step if not letter.isdigit())
    return crc32(f"{progress.tool}\0{progress.phase}\0{step}".encode())
