"""The templates, with every value escaped, and how times and sizes are written."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from sygaldry.dashboard.ansi import CONTROL
from sygaldry.jobs.status_line import duration, size

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent


def load_templates() -> Environment:
    """Return the environment of the templates."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        finalize=_printable,
    )
    environment.filters |= {"duration": duration, "size": size, "day": _day, "began": _began}
    return environment


def load_static() -> dict[str, bytes]:
    """Read the styles and scripts: a request chooses among these names, it never names a file."""
    return {path.name: path.read_bytes() for path in sorted((FOLDER / "static").iterdir()) if path.is_file()}


def _printable(value: object) -> object:
    """Drop control characters and marks that reorder text; names and messages come from anywhere."""
    return CONTROL.sub(" ", value) if type(value) is str else value


def _day(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(seconds))


def _began(run: str) -> str:
    """Write the time in the id of a run."""
    return f"{run[:4]}-{run[4:6]}-{run[6:8]} {run[9:11]}:{run[11:13]}:{run[13:15]}"
