"""Find entrypoints: the workspace's own first, then Sygaldry's."""

from __future__ import annotations

import os

from sygaldry.discovery import nearest
from sygaldry.host import trust
from sygaldry.host.files import read_if_there
from sygaldry.host.settings import accepts_everything, consent_error
from sygaldry.layout import layout
from sygaldry.model.container_environment import SYGALDRY, WORKSPACE
from sygaldry.model.entrypoint import Entrypoint, summary_of, tokens_of
from sygaldry.model.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.config.resolve import Resolved

_FOLDER = "container/entrypoints"
_LARGEST_BYTES = 2**20


def find_entrypoint(name: str, workspace: str | os.PathLike[str]) -> Entrypoint:
    """Return the entrypoint of that name, with or without `.sh`; raises UsageError with the nearest name."""
    name = name.removesuffix(".sh")
    for place in _places(os.fspath(workspace)):
        if os.path.isfile(f"{place[0]}/{name}.sh"):
            return _entrypoint(name, *place)
    known = tuple(all_entrypoints(workspace))
    meant = nearest(name, known)
    raise UsageError(
        f"unknown entrypoint {name!r}",
        hint=(f"did you mean {meant!r}? " if meant else "") + "there are: " + ", ".join(known),
    )


def all_entrypoints(workspace: str | os.PathLike[str]) -> dict[str, Entrypoint]:
    """List every entrypoint that can be named, sorted; a workspace's hides Sygaldry's of the same name."""
    found: dict[str, Entrypoint] = {}
    for place in reversed(_places(os.fspath(workspace))):
        for script in sorted(os.listdir(place[0])) if os.path.isdir(place[0]) else ():
            if script.endswith(".sh") and not script.startswith(".") and os.path.isfile(f"{place[0]}/{script}"):
                name = script.removesuffix(".sh")
                found[name] = _entrypoint(name, *place)
    return dict(sorted(found.items()))


def require_consent(entrypoint: Entrypoint, resolved: Resolved) -> None:
    """Refuse a workspace's entrypoint that shadows ours or wants the caller's tokens. Raises TrustError."""
    if not entrypoint.wants or accepts_everything(resolved):
        return
    if not trust.is_trusted(entrypoint.source, script_text(entrypoint)):
        raise consent_error(entrypoint.source, entrypoint.wants, resolved)


def script_text(entrypoint: Entrypoint) -> str:
    """Return the text of an entrypoint's script."""
    return read_if_there(entrypoint.source, _LARGEST_BYTES) or ""


def _entrypoint(name: str, folder: str, inside: str, origin: str) -> Entrypoint:
    source = f"{folder}/{name}.sh"
    text = read_if_there(source, _LARGEST_BYTES) or ""
    shadows = origin == "workspace" and os.path.isfile(f"{layout().entrypoints}/{name}.sh")
    return Entrypoint(name, f"{inside}/{name}.sh", summary_of(text), origin, source, tokens_of(text), shadows)


def _places(workspace: str) -> tuple[tuple[str, str, str], ...]:
    own = layout().entrypoints
    theirs = f"{workspace}/{_FOLDER}"
    places = ((theirs, f"{WORKSPACE}/{_FOLDER}", "workspace"), (own, f"{SYGALDRY}/{_FOLDER}", "sygaldry"))
    return places[1:] if theirs == own else places
