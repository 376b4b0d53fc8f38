"""Bring projects back from the trash."""

from sygaldry.config.resolve import Resolved
from sygaldry.flows.storage.project import find_storage
from sygaldry.flows.storage.trash import restore, trash_entries
from sygaldry.model.report import Json, Report


def storage_restore(resolved: Resolved, workspace: str, project: str) -> Report:
    """Restore a project, or list the trash when none is named. Raises NotFoundError, StorageError."""
    root = find_storage(resolved, workspace).storage.root
    if project:
        folder = restore(root, project)
        return Report({"project": project, "folder": str(folder)}, (f"restored {folder}",))
    entries = trash_entries(root)
    rows: list[Json] = [{"project": each.project, "path": str(each.path), "since": each.date} for each in entries]
    lines = tuple(f"{each.date}  {each.project}  {each.path}" for each in entries)
    return Report({"root": root, "trash": rows}, lines or ("the trash is empty",))
