"""The JSON envelope that every verb prints with --json, for a result as for a failure."""

import json

from sygaldry import __version__
from sygaldry.model.errors import SygaldryError
from sygaldry.model.report import Report

SCHEMA = 1


def result_envelope(report: Report, words: tuple[str, ...]) -> str:
    """Format a report for programs; fields are only ever added to a schema."""
    return _envelope(words, report.exit_code, list(report.notes), report.data, None)


def error_envelope(error: BaseException, words: tuple[str, ...], exit_code: int) -> str:
    """Format a failure for programs: the same envelope, with no data and an error."""
    return _envelope(words, exit_code, [], {}, _error(error))


def _envelope(words: tuple[str, ...], exit_code: int, notes: list[str], data: object, error: object) -> str:
    envelope = {
        "schema": SCHEMA,
        "sygaldry": __version__,
        "command": " ".join(words),
        "exit_code": exit_code,
        "notes": notes,
        "data": data,
        "error": error,
    }
    return json.dumps(envelope, ensure_ascii=True, default=str)


def _error(error: BaseException) -> dict[str, object]:
    if not isinstance(error, SygaldryError):
        return {"type": type(error).__name__, "problem": str(error) or "interrupted", "hint": "", "ran": None}
    ran = error.command.shown() if error.command is not None else None
    return {"type": type(error).__name__, "problem": error.problem, "hint": error.hint, "ran": ran}
