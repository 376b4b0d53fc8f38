"""What a failed test printed or logged, as pytest and unittest show it: the error that a vague assertion or a wrapper leaves out."""

from collections.abc import Sequence
from typing import Final

from sygaldry.diagnosis import Line
from sygaldry.model.lazy_pattern import lazy_pattern

_VALUE: Final = (
    r"(?:None|True|False|-?\d{1,9}(?:\.\d{1,9})?|\[\]|\{\}|\(\)|''|\"\"|<[^<>]{1,200}>|HTTP\w{0,20}|[\w.]{1,80}\(\))"
)
# An assertion whose values have no reason: an exit code, a status, nothing at all.
_VAGUE: Final = lazy_pattern(
    rf"^E {{1,16}}(?:AssertionError: )?(?:assert (?:not )?{_VALUE}(?: (?:is(?: not)?|[=!<>]=?|(?:not )?in) .{{1,60}})?|AssertionError)$"
    r"|^E {1,16}(?:[\w.]{1,80}\.)?SystemExit: -?\d{1,3}$"
    r"|^E {1,16}AssertionError: (?:expected call not found|Expected .{1,80} to (?:be|have been) called).{0,80}$"
)
_CAPTURED: Final = lazy_pattern(r"^-{3,} Captured (?:stdout|stderr|log|out|err) (?:call|setup|teardown) -{3,}$")
_END: Final = lazy_pattern(r"^_{3,} \S.{0,200} _{3,}$|^={3,} ")
_RAISED: Final = lazy_pattern(
    r"^(?:[\w.]{1,120}\.)?[A-Z]\w{0,80}(?:Error|Exception|Exit|NotFound|Timeout)\b(?:: .{1,300})$"
)
_LOGGED: Final = lazy_pattern(
    r"^(?:\W{0,4}|.{0,60}[\s\[|(])(?:ERROR|CRITICAL|FATAL)\b.{3,}|^\W{0,6}(?:[\w./-]{1,60}: ){0,2}(?:[Ff]atal |[Uu]sage )?[Ee]rror: .{3,}"
    r"|^(?:\W{0,4}|.{0,60}[\s\[|(])(?i:failed to|could not|cannot|unable to) .{3,}"
)
_LOGGER: Final = lazy_pattern(r"^(?:ERROR|CRITICAL)\s{1,8}[\w.]{1,100}:[\w.]{1,100}:\d{1,7} ")
_BARE_VALUES: Final = lazy_pattern(
    rf"^AssertionError: (?:{_VALUE} (?:!=|is not|is|==|not) (?:than )?{_VALUE}|(?:False|None|True) is (?:not )?(?:true|false|None))$"
)
_FAILED: Final = lazy_pattern(r"^FAIL: (?P<name>\w{1,120} \([\w.]{1,200}\))")
_VERDICT: Final = lazy_pattern(r"^(?:FAIL|ERROR|ok|skipped.{0,80}|expected failure)$")
_LOOKED: Final = 200  # lines below the assertion
_LONGEST: Final = 600


def is_vague(text: str) -> bool:
    """Return whether an assertion's line has values only, which name no reason."""
    return bool(_VAGUE.match(text.rstrip()[:_LONGEST]))


def without_logger(text: str) -> str:
    """Return a logged message without the level, the logger and the place that pytest puts before it."""
    return _LOGGER.sub("", text.strip()).partition("\\n")[0]


def unittest_error(lines: Sequence[Line], index: int) -> Line | None:
    """Return the error that a test of unittest printed before the assertion at line `index` failed; None if none did.

    With `-v`, its output stands between its name and its verdict.
    """
    if not _BARE_VALUES.match(lines[index].text):
        return None
    title = next((found for line in reversed(lines[:index]) if (found := _FAILED.match(line.text))), None)
    if title is None:
        return None
    name = f"{title['name']} ..."
    start = next((at for at in range(index) if lines[at].text.startswith(name)), index)
    end = next((at for at in range(start + 1, index) if _VERDICT.match(lines[at].text)), start)
    output = list(lines[start + 1 : end])
    raised = next((line for line in reversed(output) if _RAISED.match(line.text)), None)
    return raised or next((line for line in output if _LOGGED.match(line.text)), None)


def captured_error(lines: Sequence[Line], index: int) -> Line | None:
    """Return the error in the captured output of the test whose report holds line `index`; None if there is none.

    Of a traceback, that is its exception; of logged errors the first, which leads the others.
    """
    inside, logged = False, None
    for line in lines[index + 1 : index + 1 + _LOOKED]:
        text = line.text[:_LONGEST].rstrip()
        if _END.match(text):
            break
        if _CAPTURED.match(text):
            inside = True
        elif inside and _RAISED.match(text):
            return line
        elif inside and logged is None and _LOGGED.match(text):
            logged = line
    return logged
