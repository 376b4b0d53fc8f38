"""Regular expressions that are compiled when they are first used: most of those of `job explain` fit no line of a log.

Compiling all of them is a large part of the time of a short answer.
"""

import re
from typing import Any, AnyStr, cast


class _Lazy:
    """Stands for a pattern; an attribute is looked up in the compiled one once."""

    def __init__(self, text: str | bytes, flags: int) -> None:
        self._text, self._flags = text, flags
        self._compiled: re.Pattern[Any] | None = None

    def __getattr__(self, name: str) -> object:
        if self._compiled is None:
            self._compiled = re.compile(self._text, self._flags)
        found = getattr(self._compiled, name)
        setattr(self, name, found)
        return found


def lazy_pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return a pattern that behaves as `re.compile(text, flags)` does, and raises re.error at its first use.

    It has the methods and attributes of a pattern, but is none for the functions of `re`.
    """
    return cast("re.Pattern[AnyStr]", _Lazy(text, flags))
