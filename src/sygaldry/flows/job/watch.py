"""A live view of a job for people: state, progress, ETA and the last lines."""

import shutil
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from sygaldry.flows.job import log_reader, wake_conditions
from sygaldry.flows.job.facts import facts, line
from sygaldry.flows.job.lookup import find_run, inspect_run
from sygaldry.host.interrupt import noted_interrupts
from sygaldry.jobs import events
from sygaldry.jobs.status_line import duration, size
from sygaldry.model.report import Json
from sygaldry.supervisor.status_line import estimate

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

_REFRESH_S = 0.5
_LEAST_LINES = 5


def job_watch(folder: str, job: str, run: str, emit: Callable[[str], None]) -> int:
    """Show a job until it has ended; return the exit code of `wait`."""
    from rich.console import Console
    from rich.live import Live

    paths = find_run(folder, job, run)
    console = Console(highlight=False)
    if not console.is_terminal:
        return _plainly(folder, job, run, emit)
    snapshot, errors = inspect_run(paths), wake_conditions.WakeEvents(paths, "error")
    with noted_interrupts() as leave_if_interrupted, Live(console=console, auto_refresh=False) as live:
        while True:
            leave_if_interrupted()
            live.update(
                _view(facts(snapshot), errors.poll(), log_reader.last_lines(snapshot.log, _room())), refresh=True
            )
            if snapshot.state.final:
                return snapshot.state.answer
            time.sleep(_REFRESH_S)
            snapshot = inspect_run(paths)


def _plainly(folder: str, job: str, run: str, emit: Callable[[str], None]) -> int:
    """Without a terminal: print a line whenever anything but the clock has changed."""
    paths = find_run(folder, job, run)
    reported: Json = None
    while True:
        snapshot = inspect_run(paths)
        data = facts(snapshot)
        if (state := [data["state"], data["done"], data["attempt"]]) != reported:
            reported = state
            emit(line(snapshot, data))
        if snapshot.state.final:
            return snapshot.state.answer
        time.sleep(_REFRESH_S)


def _room() -> int:
    return max(shutil.get_terminal_size().lines - 10, _LEAST_LINES)


def _view(data: dict[str, Json], error: events.Event, newest: list[str]) -> "RenderableType":
    from rich.console import Group
    from rich.padding import Padding
    from rich.panel import Panel
    from rich.progress_bar import ProgressBar
    from rich.text import Text

    done, total = _number(data["done"]), _number(data["total"])
    left = "" if data["final"] else estimate(data["eta_low_s"], data["eta_high_s"], data["total"])
    eta = "   time left unknown" if left == "unknown" else f"   {left} left" if left else ""
    count = f"   {done:.0f}/{total:.0f}" if total else ""
    code = "" if data["rc"] is None else f"   exit code {data['rc']}"
    head = Text(f"{data['state']}   up {duration(_number(data['elapsed_s']))}{count}{eta}{code}")
    head.stylize("bold green" if data["state"] == "DONE" else "bold red" if data["final"] else "bold cyan")
    step = _row(f"{data['phase']} {data['why'] or data['step']}".strip())
    bar = [Padding(ProgressBar(total=total, completed=done), 0)] if total else []  # a bar alone does not end its line
    first = [_row(f"first error: {error.get('text', '')}", "red")] if error else []
    failed = data["final"] and data["state"] not in ("DONE", "STOPPED")
    why = [_row(f"why: sygaldry job explain --job {data['job']}", "bold")] if failed else []
    log = Text("\n".join(newest), overflow="crop", no_wrap=True, style="dim")
    title = f"{data['job']}  {data['run']}  log {size(_number(data['log_bytes']))}"
    return Panel(Group(head, *bar, step, *first, *why, Text(""), log), title=Text(title), title_align="left")


def _row(text: str, style: str = "") -> "Text":
    from rich.text import Text

    return Text(text, overflow="ellipsis", no_wrap=True, style=style)


def _number(value: Json) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0
