"""The passwd and group files that name the caller kvothe inside."""

from __future__ import annotations

from sygaldry.host import files
from sygaldry.model.identity import group, has_alias, passwd

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.model.storage import Storage
    from sygaldry.model.workspace import Identity


def identity_files(storage: Storage, identity: Identity) -> dict[str, str]:
    """Return the passwd and group texts of an identity, by path."""
    alias = f"-{identity.alias}" if has_alias(identity) else ""
    name = f"{identity.uid}-{identity.gid}{alias}"
    texts = {"passwd": passwd(identity), "group": group(identity)}
    return {storage.at(".sygaldry", f"{kind}-{name}"): text for kind, text in texts.items()}


def write_identity(storage: Storage, identity: Identity) -> None:
    """Write the files of an identity where they differ. Raises StorageError."""
    for path, text in identity_files(storage, identity).items():
        if files.read_if_there(path) != text:
            files.replace(path, text, 0o644)
