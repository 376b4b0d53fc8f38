"""The tasks of an array of jobs, as schedulers write them: `0-99%4`, `1,3,8-16:2`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_ARRAY: Final = re.compile(r"[0-9,:-]{1,4096}(?:%(?P<most>[0-9]{1,7}))?")
_RANGE: Final = re.compile(r"(\d{1,7})(?:-(\d{1,7})(?::(\d{1,7}))?)?")
MOST_TASKS: Final = 1_000_000


@dataclass(frozen=True)
class TaskSet:
    """Numbers of tasks as ranges, so that a million of them cost nothing; `at_once` 0 is no limit."""

    ranges: tuple[range, ...]
    at_once: int = 0

    def __contains__(self, task: int) -> bool:
        return any(task in each for each in self.ranges)

    def __len__(self) -> int:
        return sum(len(each) for each in self.ranges)

    def __iter__(self) -> Iterator[int]:
        return (task for each in self.ranges for task in each)


@lru_cache(maxsize=64)
def parse_tasks(text: str) -> TaskSet:
    """Parse the numbers of an array. Raises ValueError with the reason."""
    found = _ARRAY.fullmatch(text)
    if not found:
        raise ValueError("an array is written as 0-99, 1,3,5-7 or 0-99%4")
    ranges = tuple(_range(part) for part in text.partition("%")[0].split(","))
    tasks = TaskSet(ranges, int(found["most"] or 0))
    if len(tasks) > MOST_TASKS:
        raise ValueError(f"an array has at most {MOST_TASKS} tasks")
    if len(ranges) > 1 and len(set(tasks)) < len(tasks):
        raise ValueError("a task is named twice")
    if found["most"] is not None and not tasks.at_once:
        raise ValueError("at least one task must run at a time")
    return tasks


def _range(part: str) -> range:
    found = _RANGE.fullmatch(part)
    if not found:
        raise ValueError(f"not a task or a range of tasks: {part!r}")
    first, last, step = int(found[1]), int(found[2] or found[1]), int(found[3] or 1)
    if last < first or step < 1:
        raise ValueError(f"not a range of tasks: {part!r}")
    return range(first, last + 1, step)
