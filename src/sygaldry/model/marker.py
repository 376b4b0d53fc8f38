"""The file that says which workspaces a project's storage belongs to."""

from dataclasses import dataclass
from json import dumps, loads
from typing import Final

from sygaldry.model.errors import StorageError

SCHEMA: Final = 1


@dataclass(frozen=True)
class Marker:
    """The owner of a storage folder; more than one workspace only after `sygaldry storage adopt`."""

    project: str
    workspaces: tuple[str, ...]

    def text(self) -> str:
        """Format the marker file."""
        return dumps({"schema": SCHEMA, "project": self.project, "workspaces": list(self.workspaces)}) + "\n"


def parse(text: str, path: str) -> Marker:
    """Read a marker file; raises StorageError for anything but one of ours."""
    try:
        found = loads(text)
        workspaces = tuple(str(each) for each in found["workspaces"])
        project = str(found["project"])
        schema = int(found["schema"])
    except (ValueError, KeyError, TypeError) as error:
        raise StorageError(f"{path} is damaged: {error}", hint=f"look at it, then remove it: rm {path}") from error
    if schema > SCHEMA:
        raise StorageError(f"{path} was written by a newer Sygaldry", hint="update Sygaldry")
    return Marker(project, workspaces)
