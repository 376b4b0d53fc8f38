"""tox and nox: the sessions and their results."""

from typing import Final

from sygaldry.explain.sections import Event, Format, Level, Mark
from sygaldry.model.lazy_pattern import lazy_pattern

_BEGIN: Final = lazy_pattern(
    r"^(?:nox > Running session (?P<nox>.{1,80})|(?P<tox>[\w.,-]{1,60}): commands\[\d+\](?:> | \| )"
    r"|(?P<run>[\w.,-]{1,60}) run-test(?:-pre)?: commands\[\d+\])"
)
_PASS: Final = lazy_pattern(r"^(?:nox > Session .{1,80} was successful|[\w.,-]{1,60}: OK\b)")
_FAIL: Final = lazy_pattern(
    r"^(?:nox > (?:Command .{1,400} failed with exit code|Session .{1,80} failed)|[\w.,-]{1,60}: exit [1-9]\d{0,2} \("
    r"|ERROR: InvocationError for command)"
)
_CLEAN_UP: Final = lazy_pattern(r"^(?:_{10,40} summary _{10,40}|nox > Ran multiple sessions:)")


def _read(text: str) -> Mark | None:
    if found := _BEGIN.match(text):
        return Mark(Event.BEGIN, Level.BUILD, found["nox"] or found["tox"] or found["run"])
    if _PASS.match(text):
        return Mark(Event.PASS, Level.BUILD)
    if _FAIL.match(text):
        return Mark(Event.FAIL, Level.BUILD)
    return Mark(Event.CLEAN_UP, Level.BUILD) if _CLEAN_UP.match(text) else None


FORMAT: Final = Format(
    "tox and nox",
    (b"nox > ", b": commands[", b": exit ", b": OK", b"InvocationError", b" summary __"),
    _read,
)
