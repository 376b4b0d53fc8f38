"""The source file, line and column that a cause names, as a path in the checkout."""

import posixpath
import re
from typing import Final, NamedTuple

from sygaldry.diagnosis import Cause
from sygaldry.model.lazy_pattern import lazy_pattern

_PLACES: Final = (
    lazy_pattern(r'File "(?P<file>[^"<>]{1,300})", line (?P<line>\d{1,7})'),
    # A suffix begins with a letter: 127.0.0.1:8080 is an address. What follows :// is a URL.
    lazy_pattern(
        r"(?<![\w./@+\\-])(?P<file>(?!//)(?:[A-Za-z]:)?[\w./@+\\-]{1,300}\.[A-Za-z]\w{0,7})"
        r"[:(](?P<line>\d{1,7})(?:[:,](?P<column>\d{1,5}))?"
    ),
)
# A place that stands alone may have spaces in its name.
_ALONE: Final = lazy_pattern(
    r"(?P<file>/[^:\"<>]{1,300}\.[A-Za-z]\w{0,7}):(?P<line>\d{1,7})(?::(?P<column>\d{1,5}))?(?![\w:])"
)
_HOST: Final = lazy_pattern(r"[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|dev|edu|gov|local|localdomain|internal|lan)")
# Where CI systems and Sygaldry put the checkout; GitHub names the repository twice.
_CHECKOUT: Final = lazy_pattern(
    r"(?:/home/runner/work|/__w|/Users/runner/work|[A-Za-z]:/a)/[^/]+/[^/]+/|/github/workspace/|/workspace/"
)


class Place(NamedTuple):
    """A place in a source file that the cause names."""

    file: str
    line: int
    column: int


def place_of(cause: Cause) -> Place | None:
    """Find the source file, line and column in the cause's place, sentence or lines."""
    if found := _ALONE.match(cause.where):
        return _place(found)
    for text in (cause.where, cause.says, *(line.text for line in cause.lines)):
        for shape in _PLACES:
            for found in shape.finditer(text):
                if not _HOST.fullmatch(found["file"]):
                    return _place(found)
    return None


def _place(found: re.Match[str]) -> Place:
    return Place(found["file"], int(found["line"]), int(found.groupdict().get("column") or 1))


def relative(file: str, roots: tuple[str, ...]) -> str:
    """Return a path relative to the checkout where it is inside; `roots` are the folders that hold it here."""
    path = file.replace("\\", "/")
    path = _CHECKOUT.sub("", path, count=1) if _CHECKOUT.match(path) else path
    for root in roots:
        if root.strip("/") and path.startswith(f"{root.rstrip('/')}/"):
            path = path[len(root.rstrip("/")) + 1 :]
            break
    return posixpath.normpath(path) if path else file
