"""What the pages of the machine show, from the same flows as `doctor`, `gpu diagnose` and `storage`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sygaldry.flows.doctor import doctor
from sygaldry.flows.gpu.diagnose import Request, gpu_diagnose
from sygaldry.flows.storage.gc import plan_gc
from sygaldry.flows.storage.project import projects_in
from sygaldry.host.disk import free_and_size, used_bytes
from sygaldry.host.machine import this_machine
from sygaldry.host.settings import workspace_of
from sygaldry.model.errors import SygaldryError
from sygaldry.model.storage import FOLDERS
from sygaldry.model.value import replace

if TYPE_CHECKING:
    from sygaldry.config.resolve import Resolved
    from sygaldry.dashboard.projects import Project

_DAYS: Final = 30


@dataclass(frozen=True)
class Checked:
    """The findings of `doctor`, or the reason why there are none."""

    is_ready: bool = False
    findings: tuple[Mapping[str, Any], ...] = ()
    trouble: str = ""


@dataclass(frozen=True)
class Root:
    """A storage root: its projects with their sizes, its free space, and what `gc` would remove."""

    folder: str
    projects: tuple[tuple[str, int], ...]
    free_bytes: int
    size_bytes: int
    removals: tuple[tuple[str, int, str], ...]
    kept: tuple[str, ...]


def load_checks(resolved: Resolved) -> Checked:
    """Run the checks of `doctor`."""
    try:
        workspace = workspace_of(resolved.settings.workspace, allow_home=True)
        data: Mapping[str, Any] = doctor(resolved, workspace, this_machine(resolved.settings.rootfs)).data
    except SygaldryError as error:
        return Checked(trouble=f"{error.problem}; {error.hint}")
    findings = tuple({"name": name, **each} for name, each in data["findings"].items())
    return Checked(bool(data["ready"]), findings)


def load_gpu() -> tuple[str, ...]:
    """Return the lines of the GPU diagnosis: the verdict, then causes with their fixes."""
    try:
        return gpu_diagnose(Request()).lines
    except SygaldryError as error:
        return (error.problem, error.hint)


def gpu_code() -> int | None:
    """Return the exit code of the GPU diagnosis, None if it cannot be made."""
    try:
        return gpu_diagnose(Request()).exit_code
    except SygaldryError:
        return None


def storage_sizes(projects: Mapping[str, Project]) -> dict[tuple[str, str], int]:
    """Measure the folders of projects: the store, the caches, the homes."""
    found: dict[tuple[str, str], int] = {}
    for name, project in projects.items():
        folders = {folder: Path(project.storage.at(folder)) for folder in FOLDERS}
        found |= {(name, folder): used_bytes(path) for folder, path in folders.items() if path.is_dir()}
    return found


def load_storage(resolved: Resolved, roots: tuple[str, ...]) -> tuple[Root, ...]:
    """Measure every root."""
    return tuple(_root(resolved, folder) for folder in roots)


def _root(resolved: Resolved, folder: str) -> Root:
    projects = tuple((each.project, used_bytes(each.folder)) for each in projects_in(folder))
    free, size = free_and_size(folder)
    try:
        here = replace(resolved, settings=replace(resolved.settings, storage_root=folder))
        workspace = workspace_of(resolved.settings.workspace, allow_home=True)
        plan = plan_gc(here, workspace, older_than_days=_DAYS)
        removals = tuple((str(each.path), each.size_bytes, each.reason) for each in plan.removals)
        kept = plan.kept
    except SygaldryError as error:
        removals, kept = (), (error.problem,)
    return Root(folder, tuple(sorted(projects, key=lambda each: -each[1])), free, size, removals, kept)
