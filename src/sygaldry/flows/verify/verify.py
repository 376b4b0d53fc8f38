"""Hold this machine against the lock of a workspace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from sygaldry.config.resolve import Resolved
from sygaldry.flows.lock.check import drift
from sygaldry.flows.lock.file import load_lock, lock_path
from sygaldry.flows.storage.project import find_storage
from sygaldry.flows.verify.deep import DeepReader
from sygaldry.flows.verify.environments import verify_environments
from sygaldry.flows.verify.finding import DIFFERS, EQUAL, Finding
from sygaldry.flows.verify.image import verify_image
from sygaldry.flows.verify.image_files import image_files
from sygaldry.flows.verify.models import verify_models
from sygaldry.flows.verify.python_environments import verify_python_environments
from sygaldry.flows.verify.tools import verify_tools
from sygaldry.lockfile.lock import ProjectLock
from sygaldry.model.machine import Machine


def verify(
    resolved: Resolved,
    machine: Machine,
    workspace: str,
    report_progress: Callable[[str], None],
    *,
    deep: bool,
) -> list[Finding]:
    """Compare files, image, store, Python environments and models with the lock. Raises NotFoundError without one."""
    lock = load_lock(lock_path(workspace))
    storage = find_storage(resolved, workspace).storage
    reader = DeepReader(Path(storage.at(".sygaldry", "verify.journal")), report_progress) if deep else None
    root = Path(storage.root)
    of_image = partial(image_files, lock, root, report_progress) if deep else None
    parts: tuple[tuple[str, Callable[[], Iterator[Finding]]], ...] = (
        ("the project's files", lambda: iter([_project(resolved, workspace, lock)])),
        ("the image", lambda: verify_image(resolved, machine, lock, of_image)),
        ("the Spack store", lambda: verify_environments(resolved, workspace, lock)),
        ("Python environments", lambda: verify_python_environments(storage, reader)),
        ("models and datasets", lambda: verify_models(storage, lock, reader)),
        ("tools", lambda: verify_tools(root, lock, reader)),
    )
    findings: list[Finding] = []
    for number, (name, part) in enumerate(parts, 1):
        report_progress(f"comparing {name} ({number} of {len(parts)})")
        findings += part()
    if reader is not None:
        reader.finish()
    return findings


def _project(resolved: Resolved, workspace: str, lock: ProjectLock) -> Finding:
    changes = drift(resolved, workspace, lock)
    if not changes:
        return Finding("project", workspace, EQUAL, "its files and settings are the locked ones")
    details = tuple(line for change in changes for line in change.lines())
    remedy = "see the change: git diff; or lock it: sygaldry lock"
    author = "anyone who may write to the repository"
    return Finding("project", workspace, DIFFERS, f"{len(changes)} entries differ", details, remedy, author)
