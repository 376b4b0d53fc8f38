"""docker build: plain progress, and the steps of the legacy builder."""

import re
from collections.abc import Sequence
from typing import Final

from sygaldry.progress import Parser, Progress
from sygaldry.progress._lines import newest

_PLAIN: Final = re.compile(
    r"#\d{1,4} \[(?:(?P<stage>[^\]\d][^\]]{0,60}?) +)?(?P<done>\d{1,3})/(?P<total>\d{1,3})\] (?P<step>.{1,200})"
)
_OLD: Final = re.compile(r"Step (?P<done>\d{1,3})/(?P<total>\d{1,3}) : (?P<step>.{1,200})")


def _read(lines: Sequence[str]) -> Progress | None:
    found = max(filter(None, (newest(lines, _PLAIN), newest(lines, _OLD))), key=lambda each: each[0], default=None)
    if found is None:
        return None
    line, step = found
    stage = step.groupdict().get("stage") or "build"
    # The step in the line has begun; it is not done.
    return Progress(int(step["done"]) - 1, int(step["total"]), "steps", step["step"].strip(), stage.strip(), line=line)


PARSER: Final = Parser("docker build", 80, _read)
