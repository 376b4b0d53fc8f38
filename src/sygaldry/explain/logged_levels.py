"""Lines that a program logged at a level below an error, and warnings of Python."""

from typing import Final

from sygaldry.model.lazy_pattern import lazy_pattern

_LOOKED: Final = 400  # characters of a line
_LEVEL: Final = lazy_pattern(r"(?<![\w.-])(?:WARNING|WARN|INFO|DEBUG)(?=[\s\]|):,-])")
_BEFORE: Final = 160  # characters in which a level is found
_BREAKS: Final = lazy_pattern(r"[\s|\[(-]+")
_PARTS: Final = 5  # of a line before its level: a date, a time, a process, a name
_ERROR: Final = lazy_pattern(r"\b(?:ERROR|FATAL|CRITICAL)\b")
_WARNING: Final = lazy_pattern(
    r"[^\s:]{0,2}[^\s:]{1,300}\.py:\d{1,7}: \w{0,40}Warning: |[WI]\d{4} \d\d:\d\d:\d\d|[WI] [\w/.-]{3,100}\.(?:cc|cpp|h):\d{1,5}\] "
    r"|E [\w/.-]{3,100}cuda_driver\.cc:\d{1,5}\] failed call to cuInit: "  # TensorFlow goes on without a GPU
)


def is_below_error(text: str) -> bool:
    """Return whether the level of a line is that of a warning, of information or of debugging."""
    shown = text[:_LOOKED]
    if _WARNING.match(shown):
        return True
    level = _LEVEL.search(shown[:_BEFORE])
    if level is None or _ERROR.search(shown):
        return False
    return len(_BREAKS.split(shown[: level.start()])) <= _PARTS
