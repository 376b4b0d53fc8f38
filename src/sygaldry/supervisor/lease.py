"""The lease of a run: the number of its newest start. A start that is no longer the newest ends itself and is silent.

A scheduler that lost sight of a node starts a job anew elsewhere, while its first start may still be running there.
"""

from __future__ import annotations

import os

from sygaldry.supervisor.ledger import replace
from sygaldry.supervisor.safe_files import read_head

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.supervisor.run_files import RunFiles


class SupersededError(Exception):
    """A newer start of the run has begun."""


def newest_start(paths: RunFiles) -> int:
    """Return the number of the newest start: 0 for the first, which needs no lease."""
    text = read_head(paths.lease, 16)
    return int(text) if text.strip().isdigit() else 0


def take_lease(paths: RunFiles, start: int) -> bool:
    """Become the newest start; return False if a newer one has begun. Raises OSError."""
    if newest_start(paths) > start:
        return False
    replace(paths.lease, f"{start}\n", durable=True)
    return True


class Lease:
    """What a start remembers of its own number."""

    def __init__(self, paths: RunFiles) -> None:
        self._paths = paths
        self.start = newest_start(paths)

    def check(self) -> None:
        """Raise SupersededError if a newer start has begun; a missing file costs one system call."""
        if os.path.lexists(self._paths.lease) and newest_start(self._paths) > self.start:
            raise SupersededError
