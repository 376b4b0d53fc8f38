"""The file that says which workspaces a project's storage belongs to.

Lines of `key value`, because a JSON parser would cost every launch 10 ms:

    sygaldry-storage 1
    project demo
    workspace /home/me/demo
    mount /home
"""

from __future__ import annotations

from sygaldry.model.errors import StorageError
from sygaldry.model.value import dataclass

SCHEMA = 1
_TITLE = "sygaldry-storage"


@dataclass(frozen=True)
class Marker:
    """The owner of a storage folder; more than one workspace only after `sygaldry storage adopt`.

    `mount_points` are those of the workspaces' file systems: while one is not mounted, a workspace is not missing.
    """

    project: str
    workspaces: tuple[str, ...]
    mount_points: tuple[str, ...] = ()

    def text(self) -> str:
        """Format the marker file."""
        workspaces = "".join(f"workspace {_escaped(each)}\n" for each in self.workspaces)
        mounts = "".join(f"mount {_escaped(each)}\n" for each in self.mount_points)
        return f"{_TITLE} {SCHEMA}\nproject {self.project}\n{workspaces}{mounts}"


def parse(text: str, path: str) -> Marker:
    """Read a marker file; raises StorageError for anything but one of ours."""
    first, *rest = [line.partition(" ") for line in text.split("\n") if line] or [("", "", "")]
    if first[0] != _TITLE or not first[2].isdigit():
        raise StorageError(
            f"{path} is damaged or not ours", hint=f"look at it, then move it away: mv {path} {path}.old"
        )
    if int(first[2]) > SCHEMA:
        raise StorageError(f"{path} was written by a newer Sygaldry", hint="update Sygaldry")
    project = next((value for key, _, value in rest if key == "project"), "")
    workspaces = tuple(_unescaped(value) for key, _, value in rest if key == "workspace")
    return Marker(project, workspaces, tuple(_unescaped(value) for key, _, value in rest if key == "mount"))


def _escaped(path: str) -> str:
    return path.replace("\\", "\\\\").replace("\n", "\\n")


def _unescaped(text: str) -> str:
    return "\\".join(part.replace("\\n", "\n") for part in text.split("\\\\"))
