"""Collect the facts about this machine that a lock relies on; each probe runs once with a timeout."""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Callable
from pathlib import Path

from sygaldry.host import files
from sygaldry.model.command import Command, Completed
from sygaldry.spack.compatibility import Facts, compilers_of, os_of
from sygaldry.spack.lock import Lock, Node

_LOADERS = {"x86_64": "/lib64/ld-linux-x86-64.so.2", "aarch64": "/lib/ld-linux-aarch64.so.1"}
_PATIENCE_S = 20

Run = Callable[[Command], Completed]


def machine_facts(lock: Lock, store: Path, run: Run) -> Facts:
    """Gather what judge_machine compares."""
    machine = platform.machine()
    prefixes = {node.prefix for node in lock.externals}
    return Facts(
        os=os_of(files.read_if_there("/etc/os-release") or ""),
        machine=machine,
        flags=_flags(),
        loader_banner=_answer(run, _LOADERS.get(machine, ""), "--version"),
        compilers={path: found for path, node in compilers_of(lock).items() if (found := _compiler(run, path, node))},
        prefixes=frozenset(prefix for prefix in prefixes if Path(prefix).is_dir()),
        cuda_version=_cuda(lock),
        cudnn_header=_cudnn(lock),
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
    """Ask a compiler for its version: gcc has an option for it, clang prints a sentence."""
    if node.name == "gcc":
        return _answer(run, path, "-dumpfullversion").strip()
    found = re.search(r"version (\d+(\.\d+)+)", _answer(run, path, "--version"))
    return found[1] if found else ""


def _cuda(lock: Lock) -> str:
    for node in lock.named("cuda"):
        text = files.read_if_there(f"{node.prefix}/version.json") if node.is_external else None
        try:
            return str(json.loads(text or "{}")["cuda"]["version"])
        except (ValueError, KeyError, TypeError):
            continue
    return ""


def _cudnn(lock: Lock) -> str:
    folders = [f"{node.prefix}/include" for node in lock.named("cudnn") if node.is_external]
    names = ("cudnn_version.h", "x86_64-linux-gnu/cudnn_version.h", "x86_64-linux-gnu/cudnn_version_v9.h")
    texts = (files.read_if_there(f"{folder}/{name}") for folder in folders for name in names)
    return next((text for text in texts if text), "")


def _free(folder: Path) -> int | None:
    existing = next(
        each for each in (folder, *folder.parents) if os.path.exists(each)
    )  # Path.exists raises where it may not look
    try:
        disk = os.statvfs(existing)
    except OSError:
        return None
    return disk.f_bavail * disk.f_frsize
