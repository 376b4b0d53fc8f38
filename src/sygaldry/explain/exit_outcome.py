"""How a job ended, in words, and the cause that the exit status alone implies."""

import signal
from typing import Final, NamedTuple

from sygaldry.diagnosis import Facts, Kind

ENDS_AS_A_SUCCESS: Final = "exit code unknown, and the log ends with the report of a success; if it failed"
_TIMEOUT: Final = 124  # timeout(1)
_USE_LESS: Final = (
    "use fewer jobs, smaller batches, or more memory; dmesg or the engine shows whether it was the OOM killer"
)

# What a signal alone implies: sentence, remedy, class, and its weight as a cause.
_SIGNALS: Final = {
    "SIGKILL": (
        "killed by SIGKILL without an error message: most often out of memory (OOM)",
        _USE_LESS,
        Kind.RESOURCES,
        74,
    ),
    "SIGTERM": (
        "terminated from outside by SIGTERM: a stop, a time limit or a shutdown",
        "check the scheduler, the engine and the system log for the sender",
        Kind.UNKNOWN,
        74,
    ),
    "SIGINT": ("interrupted (Ctrl-C)", "", Kind.UNKNOWN, 72),
    "SIGHUP": ("its terminal or session was closed (SIGHUP)", "run it as a job, detached", Kind.UNKNOWN, 72),
    "SIGSEGV": (
        "crashed with a segmentation fault (SIGSEGV)",
        "run it under gdb, with debugging symbols",
        Kind.DETERMINISTIC,
        72,
    ),
    "SIGBUS": ("crashed with a bus error (SIGBUS)", "is /dev/shm or the disk full?", Kind.RESOURCES, 72),
    "SIGILL": ("ran an instruction this processor lacks (SIGILL)", "build for a lower -march", Kind.DETERMINISTIC, 72),
    "SIGFPE": ("divided by zero (SIGFPE)", "", Kind.DETERMINISTIC, 72),
    "SIGABRT": ("aborted itself (SIGABRT)", "", Kind.DETERMINISTIC, 56),
    "SIGXCPU": ("used up its CPU time (SIGXCPU)", "ulimit -t", Kind.RESOURCES, 80),
    "SIGXFSZ": ("wrote a file beyond its limit (SIGXFSZ)", "ulimit -f", Kind.RESOURCES, 80),
    "SIGPIPE": ("wrote to a closed pipe (SIGPIPE)", "", Kind.UNKNOWN, 60),
}


class Outcome(NamedTuple):
    """The exit in words and, where the exit alone is a cause, a sentence for it."""

    words: str
    says: str = ""
    remedy: str = ""
    kind: Kind = Kind.UNKNOWN
    weight: int = 0


def outcome(facts: Facts) -> Outcome:
    """Describe the exit; facts outrank words in a log."""
    words = _words(facts)
    if facts.out_of_memory:
        return Outcome(words, "killed by the kernel: out of memory (OOM)", _USE_LESS, Kind.RESOURCES, 96)
    if facts.disk_full:
        says = f"the disk is full: {facts.full_disk}" if facts.full_disk else "the disk is full"
        return Outcome(words, says, "free some space", Kind.RESOURCES, 90)
    if facts.stopped:
        return Outcome(words, "stopped by user", "", Kind.UNKNOWN, 96)
    if facts.timed_out or facts.code == _TIMEOUT:
        return Outcome(
            words,
            "did not finish within its time limit (timed out)",
            "the last command hangs, or needs more time",
            Kind.RESOURCES,
            80,
        )
    known = _SIGNALS.get(_signal_name(facts))
    if not known:
        return Outcome(words)
    says, remedy, kind, weight = known
    return Outcome(words, f"{says}; {facts.memory}" if facts.memory else says, remedy, kind, weight)


def _words(facts: Facts) -> str:
    name = _signal_name(facts)
    if name:
        return f"killed by {name} ({facts.code if facts.code is not None else 128 + facts.signal})"
    if facts.code is None:
        return "exit code unknown; if it failed"
    if facts.code == _TIMEOUT:
        return "exited 124 (timed out)"
    if facts.code == 127:
        return "exited 127 (a program was not found)"
    if facts.code == 126:
        return "exited 126 (a program could not be run)"
    return f"exited {facts.code}"


def _signal_name(facts: Facts) -> str:
    number = facts.signal or (facts.code - 128 if facts.code is not None and 128 < facts.code < 160 else 0)
    try:
        return signal.Signals(number).name if number else ""
    except ValueError:
        return ""
