"""ninja, and every tool that counts steps alike: [12/340] Building …."""

import re
from collections.abc import Sequence
from typing import Final

from sygaldry.progress import Parser, Progress
from sygaldry.progress._lines import newest

_STEP: Final = re.compile(r"\[(?P<done>\d{1,7})/(?P<total>\d{1,7})\] (?P<step>\S.{0,200})")


def _read(lines: Sequence[str]) -> Progress | None:
    found = newest(lines, _STEP)
    if found is None:
        return None
    line, step = found
    return Progress(int(step["done"]), int(step["total"]), "steps", step["step"].strip(), "build", line=line)


PARSER: Final = Parser("ninja", 40, _read)
