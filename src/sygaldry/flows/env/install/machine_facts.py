"""Collect the facts about this machine that a lock relies on; each probe runs once with a timeout."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import time
import zlib
from collections.abc import Callable
from pathlib import Path

from sygaldry.flows.env.install.external_facts import find_evidence, is_trusted
from sygaldry.host import files
from sygaldry.model.command import Command, Completed
from sygaldry.spack.build_times import REFERENCE_SECONDS
from sygaldry.spack.compatibility import Facts, compilers_of, os_of
from sygaldry.spack.effort import MachineSize
from sygaldry.spack.externals import compiler_version
from sygaldry.spack.lock import Lock, Node

_LOADERS = {"x86_64": "/lib64/ld-linux-x86-64.so.2", "aarch64": "/lib/ld-linux-aarch64.so.1"}
_PATIENCE_S = 20

Run = Callable[[Command], Completed]


def machine_facts(lock: Lock, store: Path, run: Run, untrusted: Path) -> Facts:
    """Collect what is compared with the lock; programs below `untrusted`, the repository's own, are never run."""
    machine = platform.machine()
    compilers = {path: node for path, node in compilers_of(lock).items() if is_trusted(Path(path), untrusted)}
    proved = [node for node in lock.externals if node.hash not in {each.hash for each in compilers_of(lock).values()}]
    prefixes = {node.prefix for node in lock.externals}
    return Facts(
        os=os_of(files.read_if_there("/etc/os-release") or ""),
        machine=machine,
        flags=_flags(),
        loader_banner=_answer(run, _LOADERS.get(machine, ""), "--version"),
        compilers={path: found for path, node in compilers.items() if (found := _compiler(run, path, node))},
        prefixes=frozenset(prefix for prefix in prefixes if os.path.isdir(prefix)),
        evidence={node.hash: find_evidence(node, run, untrusted) for node in proved},
        free_bytes=_free(store),
    )


def _flags() -> frozenset[str]:
    text = files.read_if_there("/proc/cpuinfo") or ""
    line = re.search(r"^flags\s*:(.*)$", text, re.MULTILINE)
    return frozenset(line[1].split()) if line else frozenset()


def _answer(run: Run, program: str, *words: str) -> str:
    if not program or not os.access(program, os.X_OK):
        return ""
    done = run(Command((program, *words), timeout_s=_PATIENCE_S))
    return f"{done.out}\n{done.err}" if done.ok else ""


def _compiler(run: Run, path: str, node: Node) -> str:
    """Ask a compiler for its version: gcc has an option for it, the others print a sentence."""
    if node.name == "gcc":
        return _answer(run, path, "-dumpfullversion").strip()
    return compiler_version(node, _answer(run, path, "version" if node.name == "go" else "--version"))


def _free(folder: Path) -> int | None:
    existing = next(
        each for each in (folder, *folder.parents) if os.path.exists(each)
    )  # Path.exists raises where it may not look
    try:
        disk = os.statvfs(existing)
    except OSError:
        return None
    return disk.f_bavail * disk.f_frsize


def machine_size() -> MachineSize:
    """Count the cores and the memory that this process may use: what is free, or what its control group allows."""
    found = re.search(r"^MemAvailable:\s+(\d+) kB", files.read_if_there("/proc/meminfo") or "", re.MULTILINE)
    sizes = [int(found[1]) * 1024] if found else []
    for path in _MEMORY_LIMITS:
        text = (files.read_if_there(path) or "").strip()
        sizes += [int(text)] if text.isdigit() else []
    return MachineSize(len(os.sched_getaffinity(0)), min(sizes, default=0))


_MEMORY_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def speed_factor() -> float:
    """Return how many times slower this machine is than the one of the table, by the same work on one core."""
    data = bytes(range(256)) * 8192
    began = time.process_time()
    zlib.compress(data, 9)
    hashlib.sha1(data * 8, usedforsecurity=False).digest()
    return max(0.1, (time.process_time() - began) / REFERENCE_SECONDS)
