"""The projects of the storage roots, by the ids that stand in addresses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sygaldry.flows.storage.project import marker_of, projects_in, storage_roots
from sygaldry.model.errors import SygaldryError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sygaldry.config.resolve import Resolved
    from sygaldry.model.storage import Storage


@dataclass(frozen=True)
class Project:
    """A project: its id, its storage and the workspaces that use it."""

    id: str
    storage: Storage
    workspaces: tuple[str, ...]

    @property
    def jobs(self) -> str:
        """The folder of its jobs."""
        return str(self.storage.jobs)


def find_projects(roots: Iterable[str], only: str = "") -> dict[str, Project]:
    """Map ids to projects; of two roots with the same id, the preferred one's."""
    found: dict[str, Project] = {}
    for root in roots:
        for storage in projects_in(root):
            if storage.project not in found and (not only or storage.project == only):
                found[storage.project] = Project(storage.project, storage, _workspaces(storage))
    return dict(sorted(found.items()))


def roots_of(resolved: Resolved) -> tuple[str, ...]:
    """Return the storage roots to look into."""
    return storage_roots(resolved)


def _workspaces(storage: Storage) -> tuple[str, ...]:
    try:
        return marker_of(storage).workspaces
    except SygaldryError:
        return ()
