"""Find entrypoints: the workspace's own first, then Sygaldry's."""

from __future__ import annotations

import os

from sygaldry.discovery import nearest
from sygaldry.layout import layout
from sygaldry.model.container_environment import SYGALDRY, WORKSPACE
from sygaldry.model.entrypoint import Entrypoint, summary_of
from sygaldry.model.errors import UsageError

_FOLDER = "container/entrypoints"


def find_entrypoint(name: str, workspace: str | os.PathLike[str]) -> Entrypoint:
    """Return the entrypoint of that name, with or without `.sh`; raises UsageError with the nearest name."""
    name = name.removesuffix(".sh")
    for folder, inside, origin in _places(os.fspath(workspace)):
        if os.path.isfile(f"{folder}/{name}.sh"):
            return Entrypoint(name, f"{inside}/{name}.sh", origin=origin)
    known = tuple(all_entrypoints(workspace))
    meant = nearest(name, known)
    raise UsageError(
        f"unknown entrypoint {name!r}",
        hint=(f"did you mean {meant!r}? " if meant else "") + "there are: " + ", ".join(known),
    )


def all_entrypoints(workspace: str | os.PathLike[str]) -> dict[str, Entrypoint]:
    """Return every entrypoint, sorted by name; one of the workspace hides ours of the same name."""
    found: dict[str, Entrypoint] = {}
    for folder, inside, origin in reversed(_places(os.fspath(workspace))):
        for script in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
            if script.endswith(".sh") and not script.startswith("."):
                with open(f"{folder}/{script}", encoding="utf-8", errors="replace") as file:
                    summary = summary_of(file.read())
                name = script.removesuffix(".sh")
                found[name] = Entrypoint(name, f"{inside}/{script}", summary, origin)
    return dict(sorted(found.items()))


def _places(workspace: str) -> tuple[tuple[str, str, str], ...]:
    own = layout().entrypoints
    theirs = f"{workspace}/{_FOLDER}"
    places = ((theirs, f"{WORKSPACE}/{_FOLDER}", "workspace"), (own, f"{SYGALDRY}/{_FOLDER}", "sygaldry"))
    return places[1:] if theirs == own else places
