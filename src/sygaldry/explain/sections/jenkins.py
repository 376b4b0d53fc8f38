"""Jenkins: stages of a pipeline, and the lines that end a step or a build."""

import re
from typing import Final

from sygaldry.explain.sections import Event, Format, Level, Mark

_STAGE: Final = re.compile(r"^\[Pipeline\] \{ \((?P<name>.{1,120})\)")
_STEP: Final = re.compile(r"^\[Pipeline\] (?P<name>sh|bat|powershell|pwsh|build|checkout|git|junit|archiveArtifacts)\b")
_FAIL: Final = re.compile(
    r"^(?:Build step '.{1,120}' marked build as failure|(?:ERROR: )?script returned exit code [1-9])"
)
_CLEAN_UP: Final = re.compile(
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
