"""Several logs of one failure: which one holds the cause, and which only the consequence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from sygaldry import explain
from sygaldry.diagnosis import Cause, Confidence, Facts
from sygaldry.explain.text import printable
from sygaldry.flows.job.cause_data import data_of
from sygaldry.model.errors import UsageError
from sygaldry.model.report import Report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sygaldry.flows.job.explain_options import Options
    from sygaldry.host.packed_logs import NamedLog

_ORDER: Final = {Confidence.HIGH: 0, Confidence.MEDIUM: 1, Confidence.LOW: 2}
_STAMP: Final = re.compile(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?")
_OTHERS: Final = 5
_OTHER_TOKENS: Final = 30  # for the sentence about another log


class LogCause(NamedTuple):
    """The cause that one log of several shows, and the time of its first line where the log has time stamps."""

    name: str
    cause: Cause
    time: str


def explain_logs(logs: Sequence[NamedLog], facts: Facts, tokens: int, options: Options) -> Report:
    """Report the cause from the log that most likely holds it, then what the other logs show."""
    found = [
        LogCause(printable(name), cause, _time(source, cause))
        for name, source in logs
        if (cause := explain.explain(source, facts, options.good, options.since)) is not None
    ]
    if not logs:
        raise UsageError("the archive holds no logs", hint="name the logs: --log FILE")
    if not found:
        return Report(
            {"succeeded": True, "cause": None}, ("exited 0: the job succeeded; there is no cause to look for",)
        )
    found.sort(key=_rank)
    best, others = found[0], [each for each in found[1:] if each.cause.identified][:_OTHERS]
    lines = _lines(best, others[:2], tokens)
    data = {"log": best.name, **data_of(best.cause)}
    rest = [{"log": each.name, **data_of(each.cause)} for each in others]
    return Report({"succeeded": False, "cause": data, "consequences": rest}, lines)


def _lines(best: LogCause, others: Sequence[LogCause], tokens: int) -> tuple[str, ...]:
    """The cause has at least half of the tokens; where that is too little for the rest, the rest is left out."""
    head = explain.fitted((f"cause in {best.name}",), tokens // 3)
    room = tokens - explain.count_tokens("\n".join((*head, "")))
    also: list[str] = []
    for each in others:
        line = explain.fitted((f"consequence in {each.name}: {_sentence(each.cause)}",), _OTHER_TOKENS)
        cost = explain.count_tokens("\n".join((*line, "")))
        if room - cost >= tokens // 2:
            room -= cost
            also += line
    return (*head, *explain.answer(best.cause, room), *also)


def _rank(each: LogCause) -> tuple[bool, bool, int, str]:
    """A failed step, then confidence, then the earlier of two."""
    cause = each.cause
    return (not cause.identified, not cause.step_failed, _ORDER[cause.confidence], each.time or "9")


def _time(source: object, cause: Cause) -> str:
    read = getattr(source, "read", None)
    if read is None or not cause.lines:
        return ""
    found = _STAMP.search(read(cause.lines[0].offset, 160))
    return found[0].decode().replace("T", " ") if found else ""


def _sentence(cause: Cause) -> str:
    text = cause.says or (cause.lines[0].text.strip() if cause.lines else cause.outcome)
    return text[:100]
