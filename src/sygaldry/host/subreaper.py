"""Adopt the orphans of our descendants, and kill what is left of them.

Apptainer starts helpers such as `squashfuse_ll` in process groups of their own. They hold the image open and end only
when Apptainer ends them; if Apptainer is killed, init adopts them and they stay for ever. prctl(2): a subreaper adopts
orphans in the place of init, whatever their group or session.
"""

from __future__ import annotations

import _signal as signal  # the module signal only wraps it in enums, for 7 ms
import os
from time import monotonic, sleep

from sygaldry.host.process_status import children

_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
_PATIENCE_S = 5.0  # a process that is killed while its file system hangs ends later
_RETRY_S = 0.01


def adopt_orphans() -> None:
    """Become the parent of every descendant whose parent ends. Does nothing where the kernel refuses."""
    from ctypes import CDLL  # 5 ms, which the caller spends while its client starts

    CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def kill_children(spared: tuple[int, ...] = ()) -> None:
    """Kill and reap our children, and those that we inherit from them meanwhile, but not the spared ones."""
    deadline = monotonic() + _PATIENCE_S
    while found := [pid for pid in children(os.getpid()) if pid not in spared]:
        for pid in found:
            _kill(pid)
            os.waitpid(pid, os.WNOHANG)
        if monotonic() > deadline:
            return
        sleep(_RETRY_S)


def _kill(child: int) -> None:
    """Kill a child, whose number belongs to nobody else until we reap it."""
    try:
        os.kill(child, signal.SIGKILL)
    except PermissionError:  # it is a privileged program, which ends with what it serves
        return
