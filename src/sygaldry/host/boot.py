"""Which start of which machine this is: the boot ID identifies a machine, whose name may change."""

import time


def boot_id() -> str:
    """Return the boot ID, which changes with every start of the machine."""
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
        return file.read().strip()


def boottime() -> float:
    """Return the seconds since the machine was started, a clock that cannot be set."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
