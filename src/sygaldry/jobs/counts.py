"""What tools counted in a run: from a parsed position, and from the events of the ledger."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from sygaldry.jobs import events
from sygaldry.jobs.estimate import Count, Mark, Part, is_alike
from sygaldry.model.timestamps import seconds_of
from sygaldry.progress import Progress
from sygaldry.supervisor.safe_files import read_tail

_TAIL: Final = 128 << 10  # bytes of a ledger: an hour of heartbeats
_LARGEST: Final = 1 << 53


class Recorded(NamedTuple):
    """A count, and how many seconds after the start of the run it was recorded."""

    at_s: float
    counted: Count


def count_of(found: Progress | None) -> Count | None:
    """Return the count of a parsed position; None if its tool states no total of its whole work."""
    if found is None or found.is_part or not 0 < found.total < _LARGEST:
        return None
    return Count(min(max(found.done, 0), found.total), found.total, found.tool, is_percent=found.unit == "%")


def recorded(ledger: str, began: float) -> tuple[Recorded, ...]:
    """Return the counts near the end of a ledger; `began` is the Unix time of the start."""
    found = (_counted(each, began) for each in events.parse_events(read_tail(ledger, _TAIL)))
    return tuple(each for each in found if each)


def parts_of(counted: Sequence[Recorded], end_s: float) -> tuple[Part, ...]:
    """Group counts into the parts of a run: another tool, another total or a count that falls begins the next."""
    groups: list[list[Recorded]] = []
    for each in counted:
        if groups and continues(each.counted, groups[-1][-1].counted):
            groups[-1].append(each)
        else:
            groups.append([each])
    ends = [*(group[0].at_s for group in groups), end_s][1:]
    return tuple(
        Part(group[-1].counted, tuple(Mark(each.at_s, each.counted.done) for each in group), end)
        for group, end in zip(groups, ends, strict=True)
    )


def marks_of(counted: Iterable[Recorded], count: Count) -> tuple[Mark, ...]:
    """Return what was recorded of the part that `count` continues."""
    marks: list[Mark] = []
    last = count
    for each in counted:
        if marks and not continues(each.counted, last):
            marks.clear()
        marks.append(Mark(each.at_s, each.counted.done))
        last = each.counted
    return tuple(marks) if continues(count, last) else ()


def middle_of(marks: Sequence[Mark], end_s: float) -> Mark | None:
    """Return the mark nearest to halfway between the first and a time; None if there is none between them."""
    between = [each for each in marks[1:] if each.at_s < end_s]
    halfway_s = (marks[0].at_s + end_s) / 2 if marks else 0.0
    return min(between, key=lambda each: abs(each.at_s - halfway_s), default=None)


def continues(count: Count, before: Count) -> bool:
    """Return whether a count goes on from another of the same part of a run."""
    return is_alike(count, before) and count.done >= before.done


def _counted(event: events.Event, began: float) -> Recorded | None:
    done, total, tool = event.get("done"), event.get("total"), event.get("tool", "")
    if not isinstance(done, int) or not isinstance(total, int) or not 0 < total < _LARGEST:
        return None
    count = Count(min(max(done, 0), total), total, tool if isinstance(tool, str) else "")
    return Recorded(seconds_of(str(event.get("ts", ""))) - began, count)
