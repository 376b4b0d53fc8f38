"""make: the current file or folder; there is no count."""

import re
from collections.abc import Sequence
from typing import Final

from sygaldry.progress import Parser, Progress
from sygaldry.progress._lines import newest

_QUIET: Final = re.compile(r"\s+(?P<kind>CC|CXX|CCLD|CXXLD|LD|AR|GEN|AS|NVCC|LINK|FC)\s+(?P<step>\S{1,160})$")
_LOUD: Final = re.compile(
    r"(?:\S*/)?(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+|gfortran|nvcc)[\d.-]* "
    r".{0,1500}?(?P<step>[^\s/]+\.(?:c|cc|cpp|cxx|cu|f90|f|S))(?:\s|$)"
)
_FOLDER: Final = re.compile(r"make(?:\[\d+\])?: Entering directory [`'](?P<step>[^']+)'")


def _read(lines: Sequence[str]) -> Progress | None:
    found = [each for shape in (_QUIET, _LOUD, _FOLDER) if (each := newest(lines, shape))]
    if not found:
        return None
    line, step = max(found, key=lambda each: each[0])
    return Progress(0, 0, "files", step["step"], "build", line=line)


PARSER: Final = Parser("make", 20, _read)
