"""pytest: a session, the reports of its failed tests, and the test that each report is about.

The session is the failed step, not the reports alone: the summary below the reports names every test that failed, and
what was printed above them may be the reason (a crash of the interpreter, a worker of pytest-xdist that died).
"""

from typing import Final

from sygaldry.explain.sections import Event, Format, Level, Mark
from sygaldry.model.lazy_pattern import lazy_pattern

_SESSION: Final = lazy_pattern(r"^={3,200} test session starts (?:\(.{1,80}\) )?={3,200}$")
_REPORTS: Final = lazy_pattern(r"^={3,200} (?:FAILURES|ERRORS) ={3,200}$")
_INTERNAL: Final = lazy_pattern(r"^INTERNALERROR> ")
_TEST: Final = lazy_pattern(r"^_{3,200} (?!summary )(?P<name>\S.{0,200}?) _{3,200}$")
_OTHER: Final = lazy_pattern(
    r"^={3,200} (?:warnings summary|short test summary info|slowest|PASSES|XFAILURES|XPASSES|rerun|tests coverage)\b"
)
_END: Final = lazy_pattern(
    r"^(?:={3,200} )?(?P<counts>(?:\d{1,7} (?:failed|passed|skipped|errors?|warnings?|xfailed|xpassed|deselected|rerun)(?:, )?){1,9}"
    r"|no tests ran) in \d[\d.]{0,12}s\b"
)
_FAILED: Final = lazy_pattern(r"\b(?:failed|errors?)\b")
_NAME: Final = "test reports"


def _read(text: str) -> Mark | None:
    if _SESSION.match(text):
        return Mark(Event.BEGIN, Level.PHASE)
    if _REPORTS.match(text):
        return Mark(Event.BEGIN_FAILED, Level.COMMAND, _NAME, tentative=True)
    if _INTERNAL.match(text):
        return Mark(Event.BEGIN_FAILED, Level.COMMAND, "INTERNALERROR", tentative=True, once=True)
    if found := _TEST.match(text):
        return Mark(Event.BEGIN, Level.TEST, found["name"])
    if found := _END.match(text):
        failed = _FAILED.search(found["counts"])
        return Mark(Event.FAIL if failed else Event.CLOSE, Level.PHASE, tentative=bool(failed))
    return Mark(Event.CLOSE, Level.COMMAND) if _OTHER.match(text) else None


FORMAT: Final = Format(
    "pytest",
    (b"= test session starts ", b"= FAILURES =", b"= ERRORS =", b"INTERNALERROR> "),
    _read,
    closers=(
        b" ___",
        b"=== ",
        b" failed in ",
        b" failed, ",
        b" error in ",
        b" errors in ",
        b" passed in ",
        b" passed, ",
    ),
)
