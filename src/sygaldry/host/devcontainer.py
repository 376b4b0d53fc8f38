"""Find and read the devcontainer.json of a workspace."""

from __future__ import annotations

import os

from sygaldry.config.files import DEVCONTAINER_FILES
from sygaldry.host import trust
from sygaldry.host.files import read_if_there
from sygaldry.model.devcontainer import GENERATED
from sygaldry.model.errors import SettingError, StorageError
from sygaldry.model.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.model.devcontainer import Devcontainer

_LARGEST_BYTES = 2**20


def load_devcontainer(workspace: str, *, accepts_all: bool) -> tuple[Devcontainer | None, tuple[str, ...]]:
    """Return what a launch takes from the file, and notes. Raises SettingError, StorageError.

    A file that `sygaldry devcontainer` wrote is none. One of another user has no effect until it is accepted.
    """
    path = next((place for each in DEVCONTAINER_FILES if os.path.isfile(place := f"{workspace}/{each}")), "")
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
    notes = (f"{os.path.relpath(path, workspace)}: ignored: {', '.join(found.ignored)}",) if found.ignored else ()
    return replace(found, accepted=is_trusted or not found.wants), notes


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
