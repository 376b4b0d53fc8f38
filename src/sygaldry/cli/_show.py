"""How reports and failures look."""

import json
import os
import sys

from sygaldry import __version__
from sygaldry.cli._agent import is_agent
from sygaldry.cli._print import print_err, printable
from sygaldry.model.errors import SygaldryError
from sygaldry.model.report import Report

ENVELOPE = 1


def envelope(report: Report, words: tuple[str, ...]) -> str:
    """Format a report for programs; fields are only ever added to a schema."""
    whole = {
        "schema": ENVELOPE,
        "sygaldry": __version__,
        "command": " ".join(words),
        "exit_code": report.exit_code,
        "notes": list(report.notes),
        "data": report.data,
    }
    return json.dumps(whole, ensure_ascii=True, default=str)


def show_error(error: SygaldryError) -> None:
    """Say what failed, what ran, and what to type next."""
    mark, plain = ("\033[31m", "\033[0m") if wants_color() else ("", "")
    lines = [f"sygaldry: {error.problem}"]
    if error.command is not None:
        lines.append(f"  ran:  {error.command.shown()}")
    if error.hint:
        lines.append(f"  hint: {error.hint}")
    sys.stderr.write(f"{mark}{printable(lines[0])}{plain}\n")
    print_err(*lines[1:])


def wants_color() -> bool:
    """Tell whether stderr is for eyes: https://no-color.org and https://bixense.com/clicolors."""
    if os.environ.get("NO_COLOR") or is_agent():
        return False
    return bool(os.environ.get("CLICOLOR_FORCE")) or sys.stderr.isatty()


def show_fault(error: Exception, words: list[str]) -> None:
    """Say that Sygaldry itself is at fault, with what an issue about it needs."""
    import traceback

    if "--debug" in words:
        traceback.print_exception(error, file=sys.stderr)
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{os.path.basename(place.filename)}:{place.lineno}"
    print_err(
        f"sygaldry: this is a fault of Sygaldry {__version__}: {type(error).__name__}: {error} ({where})",
        "  hint: see all of it with --debug, and tell the maintainers",
    )
