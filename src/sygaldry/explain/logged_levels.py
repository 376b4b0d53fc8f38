"""Lines that a program logged at a level below an error, and warnings of Python."""

import re
from typing import Final

_LOOKED: Final = 400  # characters of a line
_BELOW: Final = re.compile(
    r"^(?:[^\s:]{0,2}[^\s:]{1,300}\.py:\d{1,7}: \w{0,40}Warning: |[WI]\d{4} \d\d:\d\d:\d\d|[WI] [\w/.-]{3,100}\.(?:cc|cpp|h):\d{1,5}\] "
    r"|(?:[^\s|\[(]{0,60}[\s|\[(-]{1,3}){0,4}(?:WARNING|WARN|INFO|DEBUG)(?=[\s\]|):,-])(?!.{0,200}\b(?:ERROR|FATAL|CRITICAL)\b))"
)


def is_below_error(text: str) -> bool:
    """Return whether the level of a line is that of a warning, of information or of debugging."""
    return bool(_BELOW.match(text[:_LOOKED]))
