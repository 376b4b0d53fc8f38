"""Kubernetes and compose: every line has the pod or the service that printed it."""

from typing import Final

from sygaldry.explain.sections import Event, Format, Level, Mark
from sygaldry.model.lazy_pattern import lazy_pattern

_EXIT: Final = lazy_pattern(r"^(?P<lane>[A-Za-z][\w.-]{0,60}) exited with code (?P<code>\d{1,3})$")


def _read(text: str) -> Mark | None:
    found = _EXIT.match(text)
    if found is None:
        return None
    return Mark(Event.PASS if found["code"] == "0" else Event.FAIL, Level.BUILD, found["lane"], found["lane"])


FORMAT: Final = Format(
    "pods and services",
    (b" exited with code ",),
    _read,
    lane=r"^(?:\[pod/([\w.-]{1,120})|([A-Za-z][\w.-]{0,40}[_-]\d{1,4})) {0,12}[|/\]]",
)
