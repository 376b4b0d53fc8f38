"""What narrows the lines of logs that can be the cause of a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sygaldry.model.value import dataclass

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class Options:
    """What narrows the lines that can be the cause: a noise model of successful runs, and the earliest time."""

    good: bytes = b""
    since: datetime | None = None


NO_OPTIONS: Final = Options()
