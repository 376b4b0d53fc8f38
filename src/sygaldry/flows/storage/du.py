"""Measure the disk usage of projects."""

from pathlib import Path

from sygaldry.config.resolve import Resolved
from sygaldry.flows.storage.project import find_storage, projects_in
from sygaldry.host.disk import free_and_size, used_bytes
from sygaldry.model.report import Json, Report
from sygaldry.model.sizes import human
from sygaldry.model.storage import FOLDERS, Storage


def storage_du(resolved: Resolved, workspace: str, *, everything: bool = False) -> Report:
    """Report the bytes of this project by folder, or of every project with our marker."""
    found = find_storage(resolved, workspace)
    if everything:
        sizes = {each.project: used_bytes(each.folder) for each in projects_in(found.storage.root)}
    else:
        sizes = _by_folder(found.storage)
    free, _ = free_and_size(found.storage.at())
    rows = sorted(sizes.items(), key=lambda item: -item[1])
    lines = tuple(f"{human(size):>11}  {name}" for name, size in rows)
    total = f"{human(sum(sizes.values())):>11}  in all; {human(free)} are free"
    used: dict[str, Json] = dict(rows)
    return Report({"root": found.storage.root, "used_bytes": used, "free_bytes": free}, (*lines, total))


def _by_folder(storage: Storage) -> dict[str, int]:
    folders = {name: Path(storage.at(name)) for name in FOLDERS}
    return {name: used_bytes(path) for name, path in folders.items() if path.is_dir()}
