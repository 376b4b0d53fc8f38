"""Run commands as jobs that outlive terminals and agents, and inspect them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

HEADINGS: Final = {
    "run": ("run", "retry", "stop", "send", "pause", "resume", "queue", "notify"),
    "inspect": ("list", "status", "show", "wait", "watch", "tail", "logs", "explain", "health"),
    "clean up": ("prune",),
}
# As in docker, Slurm and pueue.
ALIASES: Final = {
    "ls": "list",
    "ps": "list",
    "kill": "stop",
    "cancel": "stop",
    "log": "logs",
    "restart": "retry",
    "rm": "prune",
}
