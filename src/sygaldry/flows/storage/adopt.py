"""Share a project's storage with another workspace."""

from sygaldry.config.resolve import Resolved
from sygaldry.flows.storage.project import add_workspace, storage_roots, workspaces_of
from sygaldry.model.errors import NotFoundError, UsageError
from sygaldry.model.report import Report
from sygaldry.model.storage import Storage


def storage_adopt(resolved: Resolved, workspace: str) -> Report:
    """Add a workspace to the marker of an existing project. Raises NotFoundError if there is no such project."""
    project = resolved.settings.project_id
    if not project:
        raise UsageError(
            "which project?", hint="sygaldry storage adopt --project-id NAME; see: sygaldry storage du --all"
        )
    candidates = [Storage(root, project) for root in storage_roots(resolved)]
    storage = next((each for each in candidates if workspaces_of(each)), None)
    if storage is None:
        raise NotFoundError(f"project {project!r} does not exist", hint="list the projects: sygaldry storage du --all")
    add_workspace(storage, workspace)
    return Report(
        {"project": project, "workspaces": list(workspaces_of(storage))}, (f"{workspace} now shares {project}",)
    )
