"""Draw the view with rich. Texts of jobs are never markup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.console import Group
from rich.table import Table
from rich.text import Text

from sygaldry.flows.job.screen.state import HELP, JobRow, View, chosen
from sygaldry.jobs.status_line import duration
from sygaldry.supervisor.status_line import estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

_STYLES: Final = {"DONE": "green", "PROGRESS": "cyan", "START": "cyan", "RETRY": "yellow", "QUEUED": "dim"}
_FAILED: Final = ("FAILED", "OOM", "TIMEOUT", "LOST", "ORPHANED")
_BAR: Final = 10


def draw(view: View, rows: tuple[JobRow, ...], lines: Sequence[str], height: int) -> RenderableType:
    """Return the whole screen: the list, the lines of the selected job, and the help."""
    row = chosen(view, rows)
    room = max(height - 5, 3)
    listed = room if view.mode in ("list", "confirm") else max(room // 3, 3)
    parts: list[RenderableType] = [_table(rows, row, listed)]
    if view.mode in ("log", "explain") and row is not None:
        parts.append(Text(f"{view.mode} of {row.job} {row.run}", style="bold", no_wrap=True, overflow="ellipsis"))
        shown = lines[-max(room - min(len(rows), listed) - 2, 1) :]
        parts += [Text(line, no_wrap=True, overflow="ellipsis") for line in shown]
    question = f"stop job {row.job}? y/n" if view.mode == "confirm" and row else ""
    parts.append(Text(question or view.note or HELP, style="reverse" if question else "dim", no_wrap=True))
    return Group(*parts)


def _table(rows: tuple[JobRow, ...], selected: JobRow | None, most: int) -> RenderableType:
    if not rows:
        return Text("no jobs yet; start one: sygaldry job run --job NAME -- COMMAND ...")
    place = rows.index(selected) if selected in rows else 0
    first = min(max(place - most // 2, 0), max(len(rows) - most, 0))
    table = Table(box=None, expand=True, padding=(0, 1), show_edge=False)
    for name in ("", "state", "job", "time", "progress", "left"):
        table.add_column(name, no_wrap=True)
    table.add_column("cause or newest line", no_wrap=True, overflow="ellipsis", ratio=1)
    for row in rows[first : first + most]:
        is_selected = row is selected
        cells = (">" if is_selected else "", row.state, row.job, _elapsed(row), _bar(row), _left(row), row.text)
        style = "bold red" if row.state in _FAILED else _STYLES.get(row.state, "")
        texts = [Text(each, style=style if number == 1 else "") for number, each in enumerate(cells)]
        table.add_row(*texts, style="reverse" if is_selected else None)
    return table


def _elapsed(row: JobRow) -> str:
    seconds = row.data.get("elapsed_s")
    return duration(seconds) if isinstance(seconds, (int, float)) else ""


def _bar(row: JobRow) -> str:
    done, total = row.data.get("done"), row.data.get("total")
    if not isinstance(done, (int, float)) or not isinstance(total, (int, float)) or total <= 0:
        return ""
    full = min(int(done / total * _BAR), _BAR)
    return f"{'#' * full}{'.' * (_BAR - full)} {done:.0f}/{total:.0f}"


def _left(row: JobRow) -> str:
    total = row.data.get("total") if row.state == "PROGRESS" else 0
    return estimate(row.data.get("eta_low_s"), row.data.get("eta_high_s"), total)
