"""Repeat a Ctrl-C that Python dropped: one that meets a callback of an import or a finalizer is only printed.

Source: https://docs.python.org/3/library/signal.html, "Note on Signal Handlers and Exceptions".
"""

from __future__ import annotations

import _signal as signal  # the module signal only wraps it in enums, for 7 ms
import _thread
import sys
from time import sleep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_LATER_S = 0.001  # the callback has returned by then


def repeat_dropped_interrupts() -> None:
    """Send this process SIGINT again where Python cannot raise KeyboardInterrupt."""
    main = _thread.get_ident()

    def on_unraisable(dropped: UnraisableHookArgs) -> None:
        if dropped.exc_type is not KeyboardInterrupt:
            sys.__unraisablehook__(dropped)
        elif _thread.get_ident() == main:
            _thread.start_new_thread(_interrupt, (main,))

    sys.unraisablehook = on_unraisable


def _interrupt(thread: int) -> None:
    sleep(_LATER_S)
    signal.pthread_kill(thread, signal.SIGINT)
