"""The variables of devcontainer.json: https://containers.dev/implementors/json_reference/#variables-in-devcontainerjson."""

from __future__ import annotations

import re
from base64 import b32hexencode
from hashlib import sha256
from typing import TYPE_CHECKING

from sygaldry.model.value import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLACEHOLDER = re.compile(r"\$\{([^${}]{1,300})\}")
_INSIDE = re.compile(r"\$\{containerEnv:([A-Za-z_][A-Za-z0-9_]*)(:[^${}]{0,300})?\}")
_CALLER = ("localEnv", "env")


@dataclass(frozen=True)
class Placeholders:
    """The values of placeholders: the folders by name, and the caller's variables."""

    folders: Mapping[str, str]
    caller: Mapping[str, str]

    def filled(self, text: str) -> str:
        """Return the text with the value of each placeholder; those of the container, and unknown ones, stay."""
        return _PLACEHOLDER.sub(self._value, text)

    def _value(self, found: re.Match[str]) -> str:
        kind, _, rest = found[1].partition(":")
        if kind in _CALLER:
            name, _, default = rest.partition(":")
            return self.caller.get(name) or default
        return self.folders.get(found[1], found[0])


def placeholders(workspace: str, inside: str, caller: Mapping[str, str]) -> Placeholders:
    """Return the placeholders of a workspace."""
    # 52 characters of a-v and 0-9, which the specification asks of an identity; here that of the folder.
    identity = b32hexencode(sha256(workspace.encode("utf-8", "surrogateescape")).digest()).decode().rstrip("=").lower()
    folders = {
        "localWorkspaceFolder": workspace,
        "localWorkspaceFolderBasename": workspace.rpartition("/")[2],
        "containerWorkspaceFolder": inside,
        "containerWorkspaceFolderBasename": inside.rpartition("/")[2],
        "devcontainerId": identity,
    }
    return Placeholders(folders, caller)


def caller_names(text: str) -> tuple[str, ...]:
    """Return the names of the caller's variables that a text refers to."""
    parts = (found.partition(":") for found in _PLACEHOLDER.findall(text))
    return tuple(rest.partition(":")[0] for kind, _, rest in parts if kind in _CALLER)


def passed_name(text: str) -> str:
    """Return NAME if the text is `${localEnv:NAME}` and nothing else."""
    found = _PLACEHOLDER.fullmatch(text)
    names = caller_names(text) if found else ()
    return names[0] if names and found and found[1].count(":") == 1 else ""


def refers_inside(text: str) -> bool:
    """Return whether a text refers to a variable of the container."""
    return bool(_INSIDE.search(text))
