"""Find and read the devcontainer.json of a workspace."""

from __future__ import annotations

import os
from itertools import islice

from sygaldry.config.files import DEVCONTAINER_FILES, DEVCONTAINER_FOLDER
from sygaldry.host import trust
from sygaldry.host.files import read_if_there
from sygaldry.model.command import Command
from sygaldry.model.devcontainer import GENERATED
from sygaldry.model.errors import SettingError, StorageError
from sygaldry.model.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from sygaldry.model.devcontainer import Devcontainer

_LARGEST_BYTES = 2**20
_MOST_FOLDERS = 1000
_MOST_SHOWN = 3


def load_devcontainer(
    workspace: str, named: str = "", *, accepts_all: bool
) -> tuple[Devcontainer | None, tuple[str, ...]]:
    """Return what a launch takes from the file, and notes. Raises SettingError, StorageError.

    `named` is the file that the caller chooses. A file that `sygaldry devcontainer` wrote is none. One of another user
    has no effect until it is accepted.
    """
    path, several = _chosen(workspace, named)
    if several:
        return None, (several,)
    is_foreign = trust.is_foreign(path)
    try:
        found = _parsed(path, workspace)
    except (SettingError, StorageError):
        if is_foreign:  # another user with write access to a shared folder must not stop the launches in it
            return None, ()
        raise
    if found is None:
        return None, ()
    is_trusted = accepts_all or trust.is_trusted(path, found.text)
    if is_foreign and not is_trusted:
        note = f"warning: {path} is ignored: it belongs to user {os.lstat(path).st_uid}; to use it: sygaldry trust"
        return replace(found, is_foreign=True, wants=("a file that belongs to another user", *found.wants)), (note,)
    return replace(found, accepted=is_trusted or not found.wants), tuple(_notes(found, workspace))


def _notes(found: Devcontainer, workspace: str) -> Iterator[str]:
    place = os.path.relpath(found.path, workspace)
    if found.ignored:
        yield f"{place}: ignored: {', '.join(found.ignored)}"
    if "features" in found.ignored:
        name = f"{_image_name(workspace)}:features"
        words = ("devcontainer", "build", "--workspace-folder", workspace, "--config", found.path)
        build = Command((*words, "--image-name", name))
        yield f"{place}: for an image with its features: {build.shown()}; then SYGALDRY_IMAGE={name}"


def _image_name(workspace: str) -> str:
    """Return a name for images of a workspace."""
    from sygaldry.config.devcontainer_keys import Reader
    from sygaldry.config.placeholders import placeholders

    return f"sygaldry-devcontainer/{Reader('', placeholders(workspace, '', {})).identity(workspace)}"


def _chosen(workspace: str, named: str) -> tuple[str, str]:
    """Return the path of the file to read, and a note where there are several and none is chosen. Raises SettingError.

    https://containers.dev/implementors/spec/#devcontainerjson: .devcontainer/NAME/devcontainer.json, one level deep.
    """
    if named:
        path = os.path.join(workspace, named)
        if not os.path.isfile(path):
            raise SettingError(f"devcontainer_file = {named}: there is no such file in {workspace}")
        return path, ""
    path = next((place for each in DEVCONTAINER_FILES if os.path.isfile(place := f"{workspace}/{each}")), "")
    if path:
        return path, ""
    below = _files_below(f"{workspace}/{DEVCONTAINER_FOLDER}")
    if len(below) < 2:
        return "".join(below), ""
    names = [os.path.relpath(each, workspace) for each in below]
    from shlex import quote  # 10 ms, which a launch without a choice does not spend

    shown = ", ".join(names[:_MOST_SHOWN]) + (f" and {len(names) - _MOST_SHOWN} more" if names[_MOST_SHOWN:] else "")
    return "", f"{shown}: none is read; choose one: SYGALDRY_DEVCONTAINER_FILE={quote(names[0])}"


def _files_below(folder: str) -> tuple[str, ...]:
    try:
        with os.scandir(folder) as entries:
            # A name with control characters would write to the terminal.
            names = sorted(each.name for each in islice(entries, _MOST_FOLDERS) if each.name.isprintable())
    except OSError:
        return ()
    return tuple(path for name in names if os.path.isfile(path := f"{folder}/{name}/devcontainer.json"))


def _parsed(path: str, workspace: str) -> Devcontainer | None:
    text = read_if_there(path, _LARGEST_BYTES) if path else None
    if text is None or text.startswith(GENERATED):
        return None
    from sygaldry.config.devcontainer import parse  # 20 ms, only where there is a file of the project's own

    found = parse(text, path, workspace, os.environ)
    if found is None or found.build is None:
        return found
    # Consent is given to the Dockerfile as it is, too.
    return replace(found, text=f"{text}\0{read_if_there(found.build.dockerfile, _LARGEST_BYTES) or ''}")
