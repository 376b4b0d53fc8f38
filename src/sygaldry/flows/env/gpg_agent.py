"""End the agent that gpg leaves behind, and see it gone: it would keep a container, or a pipe, alive for minutes."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from sygaldry.model.command import Command, Completed
from sygaldry.spack import commands

_PATIENCE_S = 5.0
_PERIOD_S = 0.02


def end_agent(spack: commands.Spack, run: Callable[[Command], Completed]) -> None:
    """Tell it to end; it says yes before it does, so that we wait for it."""
    run(commands.end_agent(spack))
    end = time.monotonic() + _PATIENCE_S
    while is_there(f"{spack.store}/gpg") and time.monotonic() < end:
        time.sleep(_PERIOD_S)


def is_there(home: str, processes: Path = Path("/proc")) -> bool:
    """Look for an agent that serves this folder of keys."""
    for process in processes.glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:  # gone in the meantime, or not ours
            continue
        if words[0].endswith(b"gpg-agent") and home.encode() in words:
            return True
    return False
