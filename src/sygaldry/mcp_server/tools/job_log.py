"""A window of a log."""

from collections.abc import Callable
from typing import Final

from sygaldry.dashboard import log_window
from sygaldry.dashboard.log_window import Line
from sygaldry.flows.job.lookup import find_run, inspect_run
from sygaldry.mcp_server.place import Place, lines_of
from sygaldry.mcp_server.tool import Tool
from sygaldry.model.report import Report

_MOST: Final = 200
_CONTEXT: Final = 5
_LONGEST: Final = 400  # characters of a line


def _make(place: Place) -> Callable[..., str]:
    def log(job: str, run: str = "", find: str = "", at: int = -1, lines: int = 40) -> str:
        """Lines of a log, each with the byte where it begins: the last ones; or from byte `at` on; or those with the
        text `find` from byte `at` on. The last line of the answer says where to go on. At most 200 lines.
        """  # noqa: D205 - one paragraph for agents
        most = min(max(lines, 1), _MOST)

        def ask() -> Report:
            path = inspect_run(find_run(place.jobs, job, run), asks_engine=False).log
            if find:
                matches = log_window.search(path, find, max(at, 0))
                more = "" if matches.next >= matches.size else f"more: at={matches.next}"
                return _report(matches.lines[:most], more or "that is all")
            if at >= 0:
                window = log_window.window_after(path, at)
                shown = window.lines[:most]
                after = window.lines[most].offset if len(window.lines) > most else window.end
                return _report(shown, f"more: at={after}" if after < window.size else "end of the log")
            window = log_window.window_before(path, -1)
            return _report(window.lines[-most:], "end of the log")

        return lines_of(ask)

    return log


def _report(lines: tuple[Line, ...], closing: str) -> Report:
    shown = (f"{line.offset}: {''.join(piece.text for piece in line.pieces)[:_LONGEST]}" for line in lines)
    return Report(lines=(*shown, f"[{closing}]"))


TOOL: Final = Tool(_make, tokens=4000)
