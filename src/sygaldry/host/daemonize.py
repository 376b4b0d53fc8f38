"""Leave a process behind that outlives the terminal, the caller and us."""

import os
import signal
import sys
import traceback
from collections.abc import Callable


def detach(act: Callable[[], None], output: str, keep: tuple[int, ...] = ()) -> None:
    """Run `act` in a process of its own session whose parent is init; what it says goes into `output`.

    Of our open files it keeps those in `keep` alone, so that whoever reads our output sees its end.
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
        _let_go(output, keep)
        act()
    except BaseException:  # noqa: BLE001 - nobody else is there to tell
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def _let_go(output: str, keep: tuple[int, ...]) -> None:
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    nothing = os.open(os.devnull, os.O_RDWR)
    said = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    for descriptor, source in ((0, nothing), (1, said), (2, said)):
        os.dup2(source, descriptor)
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2 and int(name) not in keep:
            try:
                os.close(int(name))
            except OSError:  # the listing's own
                continue
    os.chdir("/")
