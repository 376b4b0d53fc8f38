"""Explain why something failed, from its log and its exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sygaldry import explain
from sygaldry.diagnosis import Cause, Facts, Line, Source
from sygaldry.host.logs import open_log
from sygaldry.model.errors import UsageError
from sygaldry.model.report import Report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sygaldry.model.report import Json

LEAST: Final = 40
OUTLINE: Final = 800  # above this length the answer adds the surrounding lines, the steps and the end of the log


def explain_log(path: str, code: str, good: str, tokens: str) -> Report:
    """Explain any log file; `code` is the exit code as typed, `good` the log of a successful run."""
    if not path:
        raise UsageError(
            "no job and no log given",
            hint="sygaldry job explain --job NAME, or --log FILE --rc N, or --log - for standard input",
        )
    facts = Facts(_code(code))
    noise = explain.learn(open_log(good)) if good else b""
    return explain_source(open_log(path), facts, parse_tokens(tokens), noise)


def explain_source(source: Source, facts: Facts, tokens: int = 200, good: bytes = b"") -> Report:
    """Answer for any source: a job's log, a file, standard input."""
    cause = explain.explain(source, facts, good)
    if cause is None:
        return Report(
            {"succeeded": True, "cause": None}, ("exited 0: the job succeeded; there is no cause to look for",)
        )
    lines = explain.answer(cause, tokens)
    if tokens > OUTLINE:
        lines = (*lines, *explain.outline(source, cause, tokens))
    return Report({"succeeded": False, "cause": data_of(cause)}, lines)


def data_of(cause: Cause) -> dict[str, Json]:
    """The whole cause, with each line's number and the offset of its first byte."""
    return {
        "outcome": cause.outcome,
        "identified": cause.identified,
        "says": cause.says,
        "where": cause.where,
        "try": cause.remedy,
        "confidence": cause.confidence,
        "class": cause.kind,
        "family": cause.family,
        "signature": cause.signature,
        "warnings": cause.warnings,
        "lines": _evidence(cause.lines),
        "also": _evidence(cause.also),
        "then": _evidence(cause.chain),
        "more": _evidence(cause.more),
    }


def _evidence(lines: Sequence[Line]) -> list[Json]:
    return [{"line": line.number, "offset": line.offset, "text": line.text} for line in lines]


def _code(typed: str) -> int | None:
    if typed == "-":
        return None
    try:
        code = int(typed)
    except ValueError:
        code = -1000
    if not -64 <= code <= 255:
        raise UsageError(
            f"--rc {typed} is not a valid exit code", hint="give a number from 0 to 255, or - if it is unknown"
        )
    return code if code >= 0 else 128 - code  # a signal, as Python's subprocess reports it


def parse_tokens(typed: str) -> int:
    """Parse the maximum length of the answer."""
    if not typed.isdecimal() or int(typed) < LEAST:
        raise UsageError(f"--tokens {typed} is too small", hint=f"give a number of at least {LEAST}")
    return int(typed)
