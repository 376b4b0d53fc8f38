"""Start a background process that outlives the terminal and the caller."""

import os
import signal
import sys
import traceback
from collections.abc import Callable


def detach(act: Callable[[], None], output: str, keep: tuple[int, ...] = ()) -> None:
    """Run `act` in a process with its own session whose parent is init; its output goes to the file `output`.

    It closes all descriptors except those in `keep`, so that readers of our output see end of file.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    try:
        os.setsid()
        if os.fork():
            os._exit(0)
        _release_terminal(output, keep)
        act()
    except BaseException:  # noqa: BLE001 - the traceback goes to the output file
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def _release_terminal(output: str, keep: tuple[int, ...]) -> None:
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    null = os.open(os.devnull, os.O_RDWR)
    log = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    for descriptor, source in ((0, null), (1, log), (2, log)):
        os.dup2(source, descriptor)
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2 and int(name) not in keep:
            try:
                os.close(int(name))
            except OSError:  # the descriptor of the listing itself
                continue
    os.chdir("/")
