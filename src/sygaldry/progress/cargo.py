"""cargo: its progress bar, else the crate it compiles."""

import re
from collections.abc import Sequence
from typing import Final

from sygaldry.progress import Parser, Progress
from sygaldry.progress._lines import newest

_BAR: Final = re.compile(r"\s*Building \[[=> ]{1,80}\] (?P<done>\d+)/(?P<total>\d+)(?:: (?P<step>.{0,120}))?")
_CRATE: Final = re.compile(
    r"\s+(?P<verb>Compiling|Checking|Downloaded|Downloading|Documenting|Updating|Fresh) (?P<step>\S.{0,80})"
)


def _read(lines: Sequence[str]) -> Progress | None:
    if found := newest(lines, _BAR):
        return Progress(
            int(found[1]["done"]), int(found[1]["total"]), "crates", found[1]["step"] or "", "build", line=found[0]
        )
    if found := newest(lines, _CRATE):
        return Progress(0, 0, "crates", found[1]["step"], found[1]["verb"].lower(), line=found[0])
    return None


PARSER: Final = Parser("cargo", 44, _read)
