"""Variables with which a user or a site changes what Slurm's commands do; ours run without those that change an answer.

For sbatch a variable beats the same option in the script, so `SBATCH_EXPORT=ALL` would copy the whole environment,
secrets included, into the controller's state. https://slurm.schedmd.com/sbatch.html#SECTION_INPUT-ENVIRONMENT-VARIABLES
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

# https://slurm.schedmd.com/squeue.html#SECTION_ENVIRONMENT-VARIABLES: each hides jobs or changes their order and form.
_SQUEUE: Final = (
    "ACCOUNT", "ARRAY", "ARRAY_UNIQUE", "FORMAT", "FORMAT2", "LICENSES", "NAMES", "PARTITION", "PRIORITY", "QOS",
    "SORT", "STATES", "USERS",
)  # fmt: skip
# https://slurm.schedmd.com/scancel.html#SECTION_ENVIRONMENT-VARIABLES: each leaves jobs alone, or asks a question.
_SCANCEL: Final = (
    "ACCOUNT", "BATCH", "CRON", "CTLD", "FULL", "HURRY", "INTERACTIVE", "NAME", "PARTITION", "QOS", "STATE", "USER",
    "WCKEY",
)  # fmt: skip
_SACCT: Final = ("FORMAT",)
# What a script always states itself. With WAIT, sbatch does not return before the job has ended; with CLUSTERS,
# the job is where the other commands do not look; SIGNAL is an option of ours.
_SBATCH: Final = (
    "ARRAY_INX", "CLUSTERS", "ERROR", "EXPORT", "GET_USER_ENV", "INPUT", "JOB_NAME", "NO_REQUEUE", "OPEN_MODE",
    "OUTPUT", "REQUEUE", "SIGNAL", "WAIT",
)  # fmt: skip
# Options whose variable has another name, or excludes others.
_NAMED: Final = {"time": ("TIMELIMIT",), "mem": ("MEM_PER_CPU", "MEM_PER_GPU", "MEM_PER_NODE")}
_OPTION: Final = re.compile(r"'?--([a-z-]+)")


def squeue() -> tuple[str, ...]:
    """Return the words before squeue."""
    return _without(f"SQUEUE_{name}" for name in _SQUEUE)


def scancel() -> tuple[str, ...]:
    """Return the words before scancel."""
    return _without(f"SCANCEL_{name}" for name in _SCANCEL)


def sacct() -> tuple[str, ...]:
    """Return the words before sacct."""
    return _without(f"SACCT_{name}" for name in _SACCT)


def sbatch(options: Iterable[str]) -> tuple[str, ...]:
    """Return the words before sbatch; a site's default, such as SBATCH_ACCOUNT, counts where the script has none."""
    names = dict.fromkeys(_SBATCH)
    for option in options:
        if found := _OPTION.match(option):
            names.update(dict.fromkeys(_NAMED.get(found[1], (found[1].replace("-", "_").upper(),))))
    return _without(f"SBATCH_{name}" for name in names)


def _without(names: Iterable[str]) -> tuple[str, ...]:
    return ("env", *(word for name in names for word in ("-u", name)))
