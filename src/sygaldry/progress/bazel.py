"""Bazel: [1,234 / 5,678] actions, and the phases before them."""

import re
from collections.abc import Sequence
from typing import Final

from sygaldry.progress import Parser, Progress
from sygaldry.progress._lines import newest, number

_ACTIONS: Final = re.compile(
    r"(?:\(\d\d:\d\d:\d\d\) )?\[(?P<done>[\d,]{1,9}) / (?P<total>[\d,]{1,9})\] ?(?P<step>.{0,200})"
)
_BEFORE: Final = re.compile(
    r"(?:\(\d\d:\d\d:\d\d\) )?"
    r"(?P<phase>Loading|Analyzing|Computing main repo mapping|"
    r"Fetching(?= (?:@|repository|https?:)))\b:? ?(?P<step>.{0,160})"
)


def _read(lines: Sequence[str]) -> Progress | None:
    if found := newest(lines, _ACTIONS):
        line, actions = found
        step = actions["step"].split(";")[0].strip()
        return Progress(number(actions["done"]), number(actions["total"]), "actions", step, "build", line=line)
    if found := newest(lines, _BEFORE):
        return Progress(0, 0, "actions", found[1]["step"].strip(), found[1]["phase"].lower(), line=found[0])
    return None


PARSER: Final = Parser("Bazel", 60, _read)
