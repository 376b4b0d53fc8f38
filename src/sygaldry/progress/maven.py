"""Maven: the current module, the number of modules in the reactor, and the goal."""

import re
from collections.abc import Sequence
from typing import Final

from sygaldry.progress import Parser, Progress
from sygaldry.progress._lines import newest

_MODULE: Final = re.compile(r"\[INFO\] Building (?P<step>.{1,120}?)(?: +\[(?P<done>\d+)/(?P<total>\d+)\])?$")
_GOAL: Final = re.compile(r"\[INFO\] --- (?P<goal>[\w.-]+:(?:[\w.-]+:)?[\w-]+)")


def _read(lines: Sequence[str]) -> Progress | None:
    module, goal = newest(lines, _MODULE), newest(lines, _GOAL)
    if module is None and goal is None:
        return None
    line = max(found[0] for found in (module, goal) if found)
    phase = goal[1]["goal"] if goal else ""
    if module is None:
        return Progress(0, 0, "modules", "", phase, line=line)
    done, total = int(module[1]["done"] or 1) - 1, int(module[1]["total"] or 0)
    return Progress(done, total, "modules", module[1]["step"].strip(), phase, line=line)


PARSER: Final = Parser("Maven", 62, _read)
