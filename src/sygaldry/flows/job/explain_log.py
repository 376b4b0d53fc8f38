"""Explain why something failed, from its log and its exit code."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from sygaldry import explain
from sygaldry.diagnosis import Facts, Source
from sygaldry.explain.text import printable
from sygaldry.flows.job.cause_data import cause_of, data_of
from sygaldry.flows.job.explain_options import NO_OPTIONS, Options
from sygaldry.host.packed_logs import open_all, open_logs
from sygaldry.model.errors import UsageError
from sygaldry.model.report import Report
from sygaldry.model.value import dataclass, replace

if TYPE_CHECKING:
    from datetime import datetime


LEAST: Final = 40
_DIGITS: Final = 10
_LEFT_OUT_TOKENS: Final = 20  # for the line about files that could not be read
OUTLINE: Final = 800  # above this length the answer adds the surrounding lines, the steps and the end of the log


@dataclass(frozen=True)
class LogRequest:
    """What was asked about logs, as it was typed."""

    paths: tuple[str, ...]
    code: str = "-"
    good: str = ""
    tokens: str = "200"
    since: str = ""
    format: str = "text"


def explain_log(request: LogRequest) -> Report:
    """Explain logs of any program."""
    if not request.paths:
        raise UsageError(
            "no job and no log given",
            hint="sygaldry job explain --job NAME, or --log FILE --rc N, or --log - for standard input",
        )
    facts, tokens = Facts(_code(request.code)), parse_tokens(request.tokens)
    since = since_of(request.since)
    check_format(request.format)
    opened = open_all(request.paths)
    options = Options(learn_from(request.good), since)
    room = tokens - (_LEFT_OUT_TOKENS if opened.left_out else 0)
    if len(opened.logs) == 1:
        report = explain_source(opened.logs[0].source, facts, room, options)
    else:
        from sygaldry.flows.job.explain_many import explain_logs

        report = explain_logs(opened.logs, facts, room, options)
    return formatted(_with_left_out(report, opened.left_out), request.format, opened.logs[0].name)


def _with_left_out(report: Report, left_out: tuple[str, ...]) -> Report:
    """Report files of an archive or a folder that could not be read: one of them may hold the cause."""
    if not left_out:
        return report
    more = f" and {len(left_out) - 1} more" if len(left_out) > 1 else ""
    name = printable(left_out[0].partition(": ")[0])
    line = explain.fitted((f"left out: {name}{more} (reasons: --json)",), _LEFT_OUT_TOKENS)
    data = {**report.data, "left_out": [printable(each) for each in left_out]}
    return replace(report, data=data, lines=(*report.lines, *line))


def learn_from(path: str) -> bytes:
    """Learn from logs of a successful run what is printed in any case; `path` is a log, an archive or a folder."""
    return b"".join(explain.learn(log.source) for log in open_logs(path).logs) if path else b""


def check_format(style: str) -> None:
    """Refuse an unknown format before a log is read."""
    if style not in explain.FORMATS:
        raise UsageError(f"unknown format {style!r}", hint=f"one of {', '.join(explain.FORMATS)}")


def formatted(report: Report, style: str, log: str = "") -> Report:
    """Replace the lines of a report by those of another format. `log` is the path of the log."""
    if style == "text":
        return report
    if style == "json":
        import json

        return replace(report, lines=(json.dumps(report.data, ensure_ascii=False),))
    from sygaldry.explain import annotate

    data = report.data.get("cause")
    cause = cause_of(data)
    several = str(data.get("log", "")) if isinstance(data, Mapping) else ""
    # GitHub sets the variable to the checkout, which is also where a step starts.
    site = annotate.Site(printable(several or log), (os.environ.get("GITHUB_WORKSPACE", ""), os.getcwd()))
    if style == "sarif":
        return replace(report, lines=annotate.sarif(cause, site))
    return replace(report, lines=annotate.github(cause, site) if cause else ())


def since_of(typed: str) -> datetime | None:
    if not typed:
        return None
    from datetime import UTC, datetime

    from sygaldry.explain.since import parse_since

    since = parse_since(typed, datetime.now(UTC))
    if since is None:
        raise UsageError(f"--since {typed} is not a time", hint="give an age such as 10m, or 2026-11-28T07:00:00")
    return since


def explain_source(source: Source, facts: Facts, tokens: int = 200, options: Options = NO_OPTIONS) -> Report:
    """Answer for any source: a job's log, a file, standard input."""
    cause = explain.explain(source, facts, options.good, options.since)
    if cause is None:
        return Report(
            {"succeeded": True, "cause": None}, ("exited 0: the job succeeded; there is no cause to look for",)
        )
    lines = explain.answer(cause, tokens)
    if tokens > OUTLINE:
        lines = explain.fitted((*lines, *explain.outline(source, cause, tokens)), tokens)
    return Report({"succeeded": False, "cause": data_of(cause)}, lines)


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
    if not (typed.isascii() and typed.isdecimal() and len(typed) < _DIGITS):
        raise UsageError(f"--tokens {typed} is not a valid number", hint=f"give a number of at least {LEAST}")
    if int(typed) < LEAST:
        raise UsageError(f"--tokens {typed} is too small", hint=f"give a number of at least {LEAST}")
    return int(typed)
