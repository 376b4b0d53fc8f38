"""Stop the gpg agent and wait until it is gone: it would keep a container, or a pipe, alive for minutes."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from sygaldry.model.command import Command, Completed
from sygaldry.spack import commands

_PATIENCE_S = 5.0
_PERIOD_S = 0.02


def stop_gpg_agent(spack: commands.Spack, run: Callable[[Command], Completed]) -> None:
    """Stop the agent; it acknowledges before it exits, so wait for the exit."""
    run(commands.stop_gpg_agent(spack))
    end = time.monotonic() + _PATIENCE_S
    while is_running(f"{spack.store}/gpg") and time.monotonic() < end:
        time.sleep(_PERIOD_S)


def is_running(home: str, processes: Path = Path("/proc")) -> bool:
    """Look for an agent that serves this folder of keys."""
    for process in processes.glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:  # gone in the meantime, or not ours
            continue
        if words[0].endswith(b"gpg-agent") and home.encode() in words:
            return True
    return False
