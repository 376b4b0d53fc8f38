"""A live view of a job for people: state, progress, ETA and the last lines."""

import shutil
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from sygaldry.flows import _job_log
from sygaldry.flows._jobs import look, names_of
from sygaldry.flows.job_status import facts, line
from sygaldry.jobs.status_line import duration, size
from sygaldry.model.report import Json

if TYPE_CHECKING:
    from rich.console import RenderableType

_REFRESH_S = 0.5
_LEAST_LINES = 5


def job_watch(folder: str, job: str, run: str, tell: Callable[[str], None]) -> int:
    """Show a job until it has ended, then its last word; returns what `wait` would."""
    from rich.console import Console
    from rich.live import Live

    names = names_of(folder, job, run)
    console = Console(highlight=False)
    if not console.is_terminal:
        return _plainly(folder, job, run, tell)
    seen = look(names)
    with Live(console=console, auto_refresh=False, transient=False) as live:
        while True:
            live.update(_view(facts(seen), _job_log.end_of(seen.log, _room())), refresh=True)
            if seen.truth.state.final:
                return seen.truth.state.answer
            time.sleep(_REFRESH_S)
            seen = look(names)


def _plainly(folder: str, job: str, run: str, tell: Callable[[str], None]) -> int:
    """Without a terminal: one line when anything but the clock has changed."""
    names = names_of(folder, job, run)
    told: Json = None
    while True:
        seen = look(names)
        data = facts(seen)
        if (state := [data["state"], data["done"], data["attempt"]]) != told:
            told = state
            tell(line(seen, data))
        if seen.truth.state.final:
            return seen.truth.state.answer
        time.sleep(_REFRESH_S)


def _room() -> int:
    return max(shutil.get_terminal_size().lines - 8, _LEAST_LINES)


def _view(data: dict[str, Json], newest: list[str]) -> "RenderableType":
    from rich.console import Group
    from rich.panel import Panel
    from rich.progress_bar import ProgressBar
    from rich.text import Text

    done, total = _number(data["done"]), _number(data["total"])
    eta = "" if data["eta_s"] is None else f"   about {duration(_number(data['eta_s']))} left"
    count = f"   {done:.0f}/{total:.0f}" if total else ""
    code = "" if data["rc"] is None else f"   exit code {data['rc']}"
    head = Text(f"{data['state']}   up {duration(_number(data['elapsed_s']))}{count}{eta}{code}")
    head.stylize("bold green" if data["state"] == "DONE" else "bold red" if data["final"] else "bold cyan")
    step = Text(f"{data['phase']} {data['why'] or data['step']}".strip(), overflow="ellipsis", no_wrap=True)
    bar = [ProgressBar(total=total, completed=done)] if total else []
    log = Text("\n".join(newest), overflow="crop", no_wrap=True, style="dim")
    title = f"{data['job']}  {data['run']}  log {size(_number(data['log_bytes']))}"
    return Panel(Group(head, *bar, step, Text(""), log), title=Text(title), title_align="left")


def _number(value: Json) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0
