"""When will it be done? From earlier runs that went well, and from what the tool itself says."""

from collections.abc import Sequence

Profile = Sequence[tuple[float, int]]  # seconds since the start, bytes printed by then


def parse_index(raw: bytes) -> tuple[tuple[float, int], ...]:
    """Read an index: `<unix time> <offset>` a line; what is torn is passed over."""
    found = []
    for line in raw.split(b"\n")[:-1]:
        words = line.split()
        try:
            found.append((float(words[0]), int(words[1])))
        except (ValueError, IndexError):
            continue
    return tuple(found)


def remaining_s(elapsed_s: float, printed: int, fraction: float | None, before: Sequence[Profile]) -> float | None:
    """Estimate the seconds that are left; None where nothing speaks of it.

    An earlier run had printed as much at some moment of its own: it is taken to be as far. Printing is steadier than
    time where caches are warm or a machine is busy, so the pace of this run scales what is left.
    """
    guesses = [guess for profile in before if (guess := _by_profile(elapsed_s, printed, profile)) is not None]
    if guesses:
        return max(_middle(guesses), 0.0)
    if fraction and fraction > 0.01:
        return elapsed_s * (1 - fraction) / fraction
    return None


def _by_profile(elapsed_s: float, printed: int, profile: Profile) -> float | None:
    if not profile:
        return None
    total = profile[-1][0]
    if printed >= profile[-1][1]:
        return max(total - elapsed_s, 0.0)
    then = _moment(printed, profile)
    pace = elapsed_s / then if then > 1 and elapsed_s > 1 else 1.0
    return (total - then) * min(max(pace, 0.25), 4.0)


def _moment(printed: int, profile: Profile) -> float:
    """Say when an earlier run had printed so much, between the samples in proportion."""
    earlier = (0.0, 0)
    for later in profile:
        if later[1] >= printed:
            span = later[1] - earlier[1]
            share = (printed - earlier[1]) / span if span else 1.0
            return earlier[0] + share * (later[0] - earlier[0])
        earlier = later
    return profile[-1][0]


def _middle(numbers: Sequence[float]) -> float:
    """Return the median; statistics would cost every status 20 ms."""
    ordered = sorted(numbers)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
