"""Report the progress of a long step from the end of its log, for the bar of a terminal."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from sygaldry.model.progress_note import ProgressNote
from sygaldry.progress import NEWEST
from sygaldry.progress.docker_build import PARSER
from sygaldry.supervisor.safe_files import read_tail

if TYPE_CHECKING:
    from collections.abc import Callable

_PERIOD_S: Final = 1.0


class LogProgress:
    """Reads the end of a log once a second; `title` names the step, as in "image: building NAME"."""

    def __init__(self, log: str, title: str, report: Callable[[str], None]) -> None:
        self._log, self._title, self._report = log, title, report
        self._began = time.monotonic()
        self._reported = self._began - _PERIOD_S  # the first update is reported

    def update(self) -> None:
        """Report the newest step of the log, or its last line, and the time so far."""
        now = time.monotonic()
        if now - self._reported < _PERIOD_S:
            return
        self._reported = now
        self._report(note_of(read_tail(self._log, NEWEST), self._title, now - self._began))


def note_of(tail: bytes, title: str, elapsed_s: float) -> ProgressNote:
    """Return the note for a log that ends like this."""
    lines = [line.strip() for line in tail.decode("utf-8", "replace").splitlines() if line.strip()]
    found = PARSER.read(lines)
    text = found.step if found else lines[-1] if lines else ""
    minutes, seconds = divmod(int(elapsed_s), 60)
    done, total = (found.done, found.total) if found else (0, 0)
    return ProgressNote(f"{title} ({minutes}:{seconds:02}): {text}", done, total)
