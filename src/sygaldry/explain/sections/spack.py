"""Spack: packages and the phases of their builds."""

from typing import Final

from sygaldry.explain.sections import Event, Format, Level, Mark
from sygaldry.model.lazy_pattern import lazy_pattern

# Where the output is a file, "Installing" is buffered and comes after the package's own lines.
_BEGIN: Final = lazy_pattern(
    r"^==> (?:Installing|No binary for) (?P<name>[\w.@+=/-]{1,120}?)(?:-\w{32})?(?: \[.{1,20}\]| found: .{1,40})?$"
)
_PHASE: Final = lazy_pattern(r"^==> (?P<package>[\w.-]{1,80}): Executing phase: '(?P<name>\w{1,40})'")
_PASS: Final = lazy_pattern(r"^(?:==> (?P<name>[\w.-]{1,80}): Successfully installed|\[\+\] /)")
_FAIL: Final = lazy_pattern(
    r"^==> (?:Error: ProcessError|Error: (?:Failed to install|\w+Error)|\S{1,80}: .{0,40}failed)"
)


def _read(text: str) -> Mark | None:
    if found := _BEGIN.match(text):
        return Mark(Event.BEGIN, Level.BUILD, found["name"], once=True)
    if found := _PHASE.match(text):
        return Mark(Event.BEGIN, Level.PHASE, f"{found['package']} {found['name']}")
    if _PASS.match(text):
        return Mark(Event.PASS, Level.BUILD)
    return Mark(Event.FAIL_HERE, Level.BUILD) if _FAIL.match(text) else None


FORMAT: Final = Format("Spack", (b"==> ", b"[+] /"), _read)
