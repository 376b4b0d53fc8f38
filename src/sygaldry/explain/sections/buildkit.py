"""BuildKit in plain mode: every line has the number of its vertex; the failed one is quoted once more at the end."""

from typing import Final

from sygaldry.explain.sections import Event, Format, Level, Mark
from sygaldry.model.lazy_pattern import lazy_pattern

_BEGIN: Final = lazy_pattern(r"^#(?P<lane>\d{1,5}) (?P<name>\[.{1,200})$")
_END: Final = lazy_pattern(r"^#(?P<lane>\d{1,5}) (?:(?P<fail>ERROR: )|DONE \d|CACHED|(?P<stop>CANCELED))")
_QUOTE: Final = lazy_pattern(r"^ > (?P<name>\[.{1,200}):$")
_CLEAN_UP: Final = lazy_pattern(r"^(?:\S{1,80}Dockerfile\S{0,80}:\d+|Dockerfile:\d+)$")


def _read(text: str) -> Mark | None:
    if found := _END.match(text):
        event = Event.FAIL if found["fail"] else Event.CLOSE if found["stop"] else Event.PASS
        return Mark(event, Level.BUILD, lane=found["lane"])
    if found := _BEGIN.match(text):
        return Mark(Event.BEGIN, Level.BUILD, found["name"], found["lane"])
    if found := _QUOTE.match(text):
        return Mark(Event.BEGIN_FAILED, Level.BUILD, found["name"])
    return Mark(Event.CLOSE, Level.BUILD) if _CLEAN_UP.match(text) else None


FORMAT: Final = Format(
    "BuildKit",
    (b"\n > [", b" [internal] ", b" ERROR: ", b" DONE ", b" CACHED", b" CANCELED"),
    _read,
    lane=r"^#(\d{1,5}) ",
    closers=(b" [", b"Dockerfile"),
)
