"""CMake: the percentage of its Makefiles, and the configure steps."""

import re
from collections.abc import Sequence
from typing import Final

from sygaldry.progress import Parser, Progress
from sygaldry.progress._lines import newest

_PERCENT: Final = re.compile(r"\[\s{0,2}(?P<done>\d{1,3})%\] (?P<step>\S.{0,200})")
_CONFIGURE: Final = re.compile(
    r"-- (?P<step>(?:Looking for|Performing Test|Detecting|Found|Checking|Configuring|Generating).{0,100})"
)


def _read(lines: Sequence[str]) -> Progress | None:
    if found := newest(lines, _PERCENT):
        line, step = found
        return Progress(int(step["done"]), 100, "%", step["step"].strip(), "build", line=line)
    if found := newest(lines, _CONFIGURE):
        return Progress(0, 0, "checks", found[1]["step"], "configure", line=found[0])
    return None


PARSER: Final = Parser("CMake", 42, _read)
