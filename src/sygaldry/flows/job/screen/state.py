"""The state of the view and what each key does to it: values only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sygaldry.model.report import Json

HELP: Final = "up/down select   enter log   e explain   s stop   q quit"
_PAGE: Final = 10


@dataclass(frozen=True)
class JobRow:
    """A job in the list."""

    job: str
    run: str
    data: dict[str, Json]
    text: str = ""

    @property
    def state(self) -> str:
        return str(self.data.get("state", "UNKNOWN"))

    @property
    def final(self) -> bool:
        return bool(self.data.get("final"))


@dataclass(frozen=True)
class View:
    """What is selected and shown: `mode` is list, log, explain or confirm."""

    selected: str = ""
    mode: str = "list"
    note: str = ""
    is_over: bool = False
    stops: str = ""  # the job to stop now


def chosen(view: View, rows: tuple[JobRow, ...]) -> JobRow | None:
    """Return the selected row, by default the first."""
    return next((row for row in rows if row.job == view.selected), rows[0] if rows else None)


def after_key(view: View, key: str, rows: tuple[JobRow, ...]) -> View:
    """Return the view after a key."""
    view = replace(view, stops="", note="" if key else view.note)
    if view.mode == "confirm":
        return _confirmed(view, key, rows)
    if key in _STEPS:
        return _moved(view, _STEPS[key], rows)
    row = chosen(view, rows)
    if key in ("q", "escape"):
        return replace(view, mode="list") if view.mode != "list" else replace(view, is_over=key == "q")
    if row is None or key not in _MODES:
        return view
    if key == "s" and row.final:
        return replace(view, note=f"job {row.job} has ended")
    mode = _MODES[key]
    return replace(view, selected=row.job, mode="list" if mode == view.mode else mode)


def _moved(view: View, step: int, rows: tuple[JobRow, ...]) -> View:
    row = chosen(view, rows)
    if row is None:
        return view
    place = min(max(rows.index(row) + step, 0), len(rows) - 1)
    return replace(view, selected=rows[place].job)


def _confirmed(view: View, key: str, rows: tuple[JobRow, ...]) -> View:
    row = chosen(view, rows)
    if not key:
        return view
    if key == "y" and row is not None:
        return replace(view, mode="list", stops=row.job, note=f"stopping job {row.job}")
    return replace(view, mode="list", note="not stopped")


_STEPS: Final = {"up": -1, "k": -1, "down": 1, "j": 1, "page-up": -_PAGE, "page-down": _PAGE}
_MODES: Final = {"enter": "log", "l": "log", "e": "explain", "s": "confirm"}
