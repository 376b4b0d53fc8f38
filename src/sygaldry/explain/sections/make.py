"""make: the targets that failed; with `-j`, their output is interleaved with that of other targets."""

import re
from typing import Final

from sygaldry.explain.sections import Event, Format, Level, Mark
from sygaldry.model.lazy_pattern import lazy_pattern

# https://www.gnu.org/software/make/manual/html_node/Errors.html; an error that make ignores has no `***`.
_FAIL: Final = lazy_pattern(
    r"^(?:\S{0,80}/)?(?:g|b|re)?make(?:\[\d{1,3}\])?: \*\*\* \[(?:[^\]\s]{1,200}:\d{1,7}: )?(?P<name>[^\]]{1,200})\] Error \d"
)


_OBJECT: Final = lazy_pattern(r"\.(?:pic\.o|l?o|obj|d|ko|mod)$")
_SOURCE: Final = lazy_pattern(r"\.(?:c|cc|cpp|cxx|cu|f|f90|F90|for|s|S|m|mm)$")


def _read(text: str) -> Mark | None:
    found = _FAIL.match(text)
    if found is None:
        return None
    name = found["name"].strip()
    return Mark(Event.TARGET, Level.COMMAND, name, subject=_subject(name))


def _subject(target: str) -> str:
    """Messages about the file that an object is made from, at a line of it; other targets have no such file."""
    if not _OBJECT.search(target):
        return ""
    stem = _SOURCE.sub("", _OBJECT.sub("", target.rpartition("/")[2]))
    return rf"(?<![\w.-]){re.escape(stem)}\.\w{{1,4}}[:(]\d" if stem else ""


FORMAT: Final = Format("make", (b"ake: *** [", b"]: *** ["), _read)
