"""Jenkins: stages of a pipeline, and the lines that end a step or a build."""

from typing import Final

from sygaldry.explain.sections import Event, Format, Level, Mark
from sygaldry.model.lazy_pattern import lazy_pattern

_STAGE: Final = lazy_pattern(r"^\[Pipeline\] \{ \((?P<name>.{1,120})\)")
_STEP: Final = lazy_pattern(
    r"^\[Pipeline\] (?P<name>sh|bat|powershell|pwsh|build|checkout|git|junit|archiveArtifacts)\b"
)
_FAIL: Final = lazy_pattern(
    r"^(?:Build step '.{1,120}' marked build as failure|(?:ERROR: )?script returned exit code [1-9])"
)
_CLEAN_UP: Final = lazy_pattern(
    r"^(?:\[Pipeline\] \{ \(Declarative: Post Actions\)|Stage \".{1,120}\" skipped due to earlier failure)"
)


def _read(text: str) -> Mark | None:
    if _CLEAN_UP.match(text):
        return Mark(Event.CLEAN_UP, Level.JOB)
    if found := _STAGE.match(text):
        return Mark(Event.BEGIN, Level.JOB, found["name"])
    if found := _STEP.match(text):
        return Mark(Event.BEGIN, Level.STEP, found["name"])
    return Mark(Event.FAIL, Level.STEP) if _FAIL.match(text) else None


FORMAT: Final = Format(
    "Jenkins", (b"[Pipeline] ", b"marked build as failure", b"script returned exit code", b"skipped due to"), _read
)
