"""Estimate the remaining time, from earlier successful runs and from the progress of the tool."""

from collections.abc import Sequence
from math import isfinite
from typing import Final

_LARGEST: Final = 1 << 62
_LEAST_FRACTION: Final = 0.03
_LEAST_ELAPSED_S: Final = 1.0

Profile = Sequence[tuple[float, int]]  # seconds since the start, bytes printed by then


def parse_index(raw: bytes) -> tuple[tuple[float, int], ...]:
    """Read an index: `<unix time> <offset>` per line; damaged lines are skipped."""
    samples = []
    for line in raw.split(b"\n")[:-1]:
        words = line.split()
        try:
            stamp, offset = float(words[0]), int(words[1])
        except (ValueError, IndexError):
            continue
        if isfinite(stamp) and 0 <= offset < _LARGEST:
            samples.append((stamp, offset))
    return tuple(samples)


def remaining_s(elapsed_s: float, printed: int, fraction: float | None, before: Sequence[Profile]) -> float | None:
    """Estimate the remaining seconds; None where there is no evidence.

    The point at which an earlier run had printed as much counts as equal progress. Output is a steadier measure than
    time when caches are warm or the machine is busy, so the pace of this run scales the rest.
    """
    guesses = [guess for profile in before if (guess := _by_profile(elapsed_s, printed, profile)) is not None]
    if guesses:
        return max(_median(guesses), 0.0)
    if fraction and fraction > 0.01:
        return elapsed_s * (1 - fraction) / fraction
    return None


def remaining_range_s(
    elapsed_s: float, printed: int, fraction: float | None, before: Sequence[Profile]
) -> tuple[float, float] | None:
    """Estimate the least and the most seconds that remain; None where there is no evidence.

    Three views of each earlier run differ most at the start: as long as before, as far as before by output, and that at
    the pace of this run. Without one, the tool's own count is taken with a margin that shrinks as it advances.
    """
    guesses: list[float] = []
    for profile in before:
        if profile and (paced := _by_profile(elapsed_s, printed, profile)) is not None:
            total = profile[-1][0]
            guesses += [paced, max(total - elapsed_s, 0.0), max(total - _time_at(printed, profile), 0.0)]
    if guesses:
        return max(min(guesses), 0.0), max(guesses)
    if not fraction or fraction < _LEAST_FRACTION or elapsed_s < _LEAST_ELAPSED_S:
        return None
    linear, margin = elapsed_s * (1 - fraction) / fraction, 2 - min(fraction, 1.0)
    return linear / margin, linear * margin


def _by_profile(elapsed_s: float, printed: int, profile: Profile) -> float | None:
    if not profile:
        return None
    total = profile[-1][0]
    if printed >= profile[-1][1]:
        return max(total - elapsed_s, 0.0)
    then = _time_at(printed, profile)
    pace = elapsed_s / then if then > 1 and elapsed_s > 1 else 1.0
    return (total - then) * min(max(pace, 0.25), 4.0)


def _time_at(printed: int, profile: Profile) -> float:
    """Return when an earlier run had printed this much, interpolated between samples."""
    earlier = (0.0, 0)
    for later in profile:
        if later[1] >= printed:
            span = later[1] - earlier[1]
            share = (printed - earlier[1]) / span if span else 1.0
            return earlier[0] + share * (later[0] - earlier[0])
        earlier = later
    return profile[-1][0]


def _median(numbers: Sequence[float]) -> float:
    """Return the median; statistics would cost every status 20 ms."""
    ordered = sorted(numbers)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
