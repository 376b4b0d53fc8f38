"""Confinement of a cluster's jobs by the kernel's control groups, version 1.

https://slurm.schedmd.com/cgroup.conf.html. Version 2 needs a cgroup that systemd delegates to slurmd.
"""

import contextlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_MOUNT: Final = Path("/sys/fs/cgroup")
_CONTROLLERS: Final = ("freezer", "memory", "cpuset", "cpuacct", "devices")
CONFIGURATION: Final = f"""\
CgroupPlugin=cgroup/v1
CgroupMountpoint={_MOUNT}
ConstrainRAMSpace=yes
ConstrainSwapSpace=no
ConstrainCores=no
ConstrainDevices=no
AllowedRAMSpace=100
MinRAMSpace=1
"""
CLUSTER: Final = "ProctrackType=proctrack/cgroup\nTaskPlugin=task/cgroup"


def missing() -> str:
    """Say why jobs cannot be confined here; empty if they can."""
    absent = [name for name in _CONTROLLERS if not (_MOUNT / name / "tasks").exists()]
    return f"no cgroup v1 controller {', '.join(absent)} below {_MOUNT}" if absent else ""


def remove(nodes: Iterable[str]) -> None:
    """Remove the groups of nodes that are gone."""
    for node in nodes:
        for top in (_MOUNT / name / f"slurm_{node}" for name in _CONTROLLERS):
            for group in sorted(top.rglob("*/"), reverse=True) if top.is_dir() else ():
                with contextlib.suppress(OSError):
                    group.rmdir()
            with contextlib.suppress(OSError):
                top.rmdir()
