"""Signal a command whose processes run on other nodes, by the scheduler's own program."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def is_remote(spec: dict[str, Any]) -> bool:
    """Return whether the command's processes run elsewhere."""
    return bool(spec.get("signal_with"))


def send_remote(spec: dict[str, Any], number: int) -> None:
    """Start the program that signals them; nobody waits for it, because a scheduler may take its time."""
    words = [word.replace("SIGNAL", str(number)) for word in spec["signal_with"]]
    if os.fork():
        return
    try:
        os.setsid()
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        os.execvp(words[0], words)
    finally:
        os._exit(127)
