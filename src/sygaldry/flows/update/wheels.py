"""Resolve the Python locks of a workspace anew with uv, in a folder of its own, and compare the result."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sygaldry.flows.lock.project_files import read_text
from sygaldry.flows.update import edits
from sygaldry.flows.update.proposal import Answer, Edit, Proposal
from sygaldry.host.programs import uv_program
from sygaldry.lockfile.lock import ProjectLock
from sygaldry.lockfile.python_pins import pin_changes
from sygaldry.model.command import Command, Completed
from sygaldry.model.errors import LockError, SygaldryError

_TIMEOUT_S: Final = 600.0
_HASH: Final = re.compile(r"\s*\\?\s*--hash=sha256:[0-9a-f]{64}")
_EXACT: Final = re.compile(r"^([A-Za-z0-9][\w.-]*(?:\[[^\]]*\])?)\s*==\s*[\w.!+-]+", re.MULTILINE)
# Where pip finds its index, if uv has no index of its own.
_INDEXES: Final = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")

Run = Callable[[Command], Completed]


def wheels_answer(workspace: str, lock: ProjectLock, index: str, run: Run) -> Answer:
    """Return what a new resolution of each locked file would change; source distributions are never built here."""
    proposals, problems = list[Proposal](), list[str]()
    for path in lock.of("python"):
        try:
            proposals += _resolved(workspace, path, index, run)
        except SygaldryError as error:
            problems.append(f"{path}: {error.problem}")
    return Answer("wheels", tuple(proposals), problem="; ".join(problems))


def _resolved(workspace: str, path: str, index: str, run: Run) -> Iterator[Proposal]:
    folder, _, name = f"{workspace}/{path}".rpartition("/")
    old = read_text(f"{folder}/{name}")
    with TemporaryDirectory(prefix="sygaldry-update-") as scratch:
        command = _project(folder, old, scratch) if name == "uv.lock" else _requirements(folder, name, old, scratch)
        done = run(_with_index(command, index))
        if not done.ok:
            raise LockError(f"uv cannot resolve it: {_reason(done)}", hint="see why: uv lock --upgrade")
        new = _leading_comments(old, name) + Path(scratch, name).read_text(encoding="utf-8")
    changes = pin_changes(old, new, path)
    if not changes:
        return
    details = tuple(f"{each} {before or '(absent)'} -> {after or '(absent)'}" for each, before, after in changes)
    edit = Edit(f"{workspace}/{path}", edits.replace_text(old, new))
    remade, new_ = ("environments that uv-install made of it",), f"{len(changes)} packages change"
    yield Proposal("wheels", path, "as locked", new_, details, remade, edits=(edit,), next="uv-install")


def _reason(done: Completed) -> str:
    """Return what uv says, in one line: it wraps and indents its explanations."""
    return " ".join(re.sub(r"[^\x20-\x7e]+", " ", done.err or done.last_line).split())[-400:]


def _leading_comments(text: str, name: str) -> str:
    """Return what people wrote above requirements: a licence, or how the file is made. uv keeps nothing of it."""
    found = re.match(r"(?:#[^\n]*\n)+", text) if name != "uv.lock" else None
    return found[0] if found else ""


def _project(folder: str, old: str, scratch: str) -> Command:
    """Format the new lock of a project."""
    shutil.copy(f"{folder}/pyproject.toml", scratch)
    Path(scratch, "uv.lock").write_text(old, encoding="utf-8")
    return Command((uv_program(), "lock", "--upgrade", "--no-build", "--no-progress", "--directory", scratch))


def _requirements(folder: str, name: str, old: str, scratch: str) -> Command:
    """Format the new requirements: from the .in file beside them, else from their own names."""
    source = Path(folder, f"{name.removesuffix('.txt')}.in")
    text = read_text(str(source)) if source.is_file() else _EXACT.sub(r"\1", _HASH.sub("", old))
    Path(scratch, "wanted.in").write_text(text, encoding="utf-8")
    options = ("--quiet", "--universal", "--upgrade", "--generate-hashes", "--no-annotate", "--no-header", "--no-build")
    words = ("--output-file", f"{scratch}/{name}", f"{scratch}/wanted.in")
    return Command((uv_program(), "pip", "compile", *options, *words))


def _with_index(command: Command, index: str) -> Command:
    chosen = index or next((os.environ[each] for each in _INDEXES if os.environ.get(each)), "")
    more: Mapping[str, str] = {"UV_DEFAULT_INDEX": chosen} if chosen else {}
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "UV_NO_CACHE": "1" if index else "", **more}
    if not environment["UV_NO_CACHE"]:
        del environment["UV_NO_CACHE"]
    return Command(command.argv, environment, timeout_s=_TIMEOUT_S)
