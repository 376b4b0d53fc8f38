"""Meson: its setup; ninja runs the build."""

import re
from collections.abc import Sequence
from typing import Final

from sygaldry.progress import Parser, Progress
from sygaldry.progress._lines import newest

_CHECK: Final = re.compile(
    r"(?P<step>(?:Program|Dependency|Run-time dependency|Library|Checking|Has header|"
    r"Compiler for|Fetching value|Configuring) .{1,120})"
)


def _read(lines: Sequence[str]) -> Progress | None:
    found = newest(lines, _CHECK)
    return Progress(0, 0, "checks", found[1]["step"].strip(), "configure", line=found[0]) if found else None


PARSER: Final = Parser("Meson", 17, _read)
