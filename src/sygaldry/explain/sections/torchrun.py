"""torchrun and others that start ranks: every line has the rank that printed it; a table names the first that failed."""

from typing import Final

from sygaldry.explain.sections import Event, Format, Level, Mark
from sygaldry.model.lazy_pattern import lazy_pattern

_FAIL: Final = lazy_pattern(r"failed \(exitcode: -?\d{1,5}\) local_rank: (?P<lane>\d{1,6})")


def _read(text: str) -> Mark | None:
    found = _FAIL.search(text)
    return Mark(Event.FAIL, Level.BUILD, f"rank {found['lane']}", found["lane"]) if found else None


FORMAT: Final = Format("torchrun", (b"failed (exitcode:",), _read, lane=r"^\[(?:rank|default)?(\d{1,6})\]:? ?")
