"""pytest's percentage, and CTest's count."""

import re
from collections.abc import Sequence
from typing import Final

from sygaldry.progress import Parser, Progress
from sygaldry.progress._lines import newest

_PERCENT: Final = re.compile(r"(?P<step>\S{1,300}) .{0,200}\[ {0,2}(?P<done>\d{1,3})%\]$")
_CTEST: Final = re.compile(r"\s*(?P<done>\d{1,6})/(?P<total>\d{1,6}) Test +#\d+: (?P<step>\S{1,100})")


def _read(lines: Sequence[str]) -> Progress | None:
    if found := newest(lines, _CTEST):
        return Progress(int(found[1]["done"]), int(found[1]["total"]), "tests", found[1]["step"], "test", line=found[0])
    if found := newest(lines, _PERCENT):
        return Progress(int(found[1]["done"]), 100, "%", found[1]["step"], "test", line=found[0])
    return None


PARSER: Final = Parser("pytest and CTest", 30, _read)
