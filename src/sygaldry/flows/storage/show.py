"""Report the location, the workspaces and the free disk space of a project's storage."""

from sygaldry.config.resolve import Resolved
from sygaldry.flows.storage.project import find_storage, space_warning, workspaces_of
from sygaldry.host.disk import free_and_size
from sygaldry.model.report import Json, Report
from sygaldry.model.sizes import human
from sygaldry.model.storage import Storage


def storage_show(resolved: Resolved, workspace: str) -> Report:
    """Report the folders of the project and their mount points inside."""
    found = find_storage(resolved, workspace)
    storage = found.storage
    free, size = free_and_size(storage.at())
    data: dict[str, Json] = {
        "project": storage.project,
        "folder": storage.at(),
        "made": found.is_ready,
        "workspaces": list(workspaces_of(storage)),
        "folders": dict(storage.mounted()),
        "free_bytes": free,
        "disk_bytes": size,
    }
    return Report(data, _lines(storage, workspaces_of(storage), free, size), (*found.notes, *space_warning(storage)))


def _lines(storage: Storage, workspaces: tuple[str, ...], free: int, size: int) -> tuple[str, ...]:
    share = 100 * free // size if size else 0
    return (
        f"project     {storage.project}",
        f"folder      {storage.at()}",
        *(f"workspace   {each}" for each in workspaces or ("not made yet: the first launch makes it",)),
        f"disk        {human(free)} of {human(size)} free ({share} %)",
        *(f"  {source.rsplit('/', 1)[1]:15} {target}" for source, target in storage.mounted().items()),
    )
