"""Explain why something failed, from its log and its exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sygaldry import explain
from sygaldry.diagnosis import Facts, Source
from sygaldry.flows.job.cause_data import cause_of, data_of
from sygaldry.flows.job.explain_options import NO_OPTIONS, Options
from sygaldry.host.packed_logs import open_logs
from sygaldry.model.errors import UsageError
from sygaldry.model.report import Report
from sygaldry.model.value import dataclass, replace

if TYPE_CHECKING:
    from datetime import datetime


LEAST: Final = 40
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
    logs = [log for path in request.paths for log in open_logs(path)]
    noise = learn_from(request.good)
    if len(logs) != 1:
        from sygaldry.flows.job.explain_many import explain_logs

        return formatted(explain_logs(logs, facts, tokens, Options(noise, since)), request.format)
    return formatted(explain_source(logs[0].source, facts, tokens, Options(noise, since)), request.format)


def learn_from(path: str) -> bytes:
    """Learn from logs of a successful run what is printed in any case; `path` is a log, an archive or a folder."""
    return b"".join(explain.learn(log.source) for log in open_logs(path)) if path else b""


def check_format(style: str) -> None:
    """Refuse an unknown format before a log is read."""
    if style not in explain.FORMATS:
        raise UsageError(f"unknown format {style!r}", hint=f"one of {', '.join(explain.FORMATS)}")


def formatted(report: Report, style: str) -> Report:
    """Replace the lines of a report by those of another format."""
    if style == "text":
        return report
    if style == "json":
        import json

        return replace(report, lines=(json.dumps(report.data, ensure_ascii=False),))
    from sygaldry.explain import annotate

    cause = cause_of(report.data.get("cause"))
    if style == "sarif":
        return replace(report, lines=annotate.sarif(cause))
    return replace(report, lines=annotate.github(cause) if cause else ())


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
    if options.since is not None and not cause.lines:
        cause = replace(cause, says="no line of the log has a time stamp at or after --since")
    lines = explain.answer(cause, tokens)
    if tokens > OUTLINE:
        lines = (*lines, *explain.outline(source, cause, tokens))
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
    if not typed.isdecimal() or int(typed) < LEAST:
        raise UsageError(f"--tokens {typed} is too small", hint=f"give a number of at least {LEAST}")
    return int(typed)
