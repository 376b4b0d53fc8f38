"""configure scripts: the current check; the total is unknown."""

import re
from collections.abc import Sequence
from typing import Final

from sygaldry.progress import Parser, Progress
from sygaldry.progress._lines import newest

_CHECK: Final = re.compile(r"(?:checking (?P<check>.{1,120}?)\.\.\. ?|config\.status: (?P<status>\w+ \S{1,80}))")


def _read(lines: Sequence[str]) -> Progress | None:
    found = newest(lines, _CHECK)
    if found is None:
        return None
    line, check = found
    return Progress(0, 0, "checks", check["check"] or check["status"], "configure", line=line)


PARSER: Final = Parser("configure", 18, _read)
