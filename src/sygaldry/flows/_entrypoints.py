"""Find entrypoints: the workspace's own first, then Sygaldry's."""

from pathlib import Path

from sygaldry.discovery import nearest
from sygaldry.layout import layout
from sygaldry.model.entrypoint import Entrypoint, summary_of
from sygaldry.model.errors import UsageError
from sygaldry.model.inside import SYGALDRY, WORKSPACE

_FOLDER = "container/entrypoints"


def find_entrypoint(name: str, workspace: Path) -> Entrypoint:
    """Return the entrypoint of that name, with or without `.sh`; raises UsageError with the nearest name."""
    name = name.removesuffix(".sh")
    for folder, inside, origin in _places(workspace):
        if (folder / f"{name}.sh").is_file():
            return Entrypoint(name, f"{inside}/{name}.sh", origin=origin)
    known = tuple(all_entrypoints(workspace))
    meant = nearest(name, known)
    raise UsageError(
        f"unknown entrypoint {name!r}",
        hint=(f"did you mean {meant!r}? " if meant else "") + "there are: " + ", ".join(known),
    )


def all_entrypoints(workspace: Path) -> dict[str, Entrypoint]:
    """List every entrypoint that can be named, sorted; a workspace's hides Sygaldry's of the same name."""
    found: dict[str, Entrypoint] = {}
    for folder, inside, origin in reversed(_places(workspace)):
        for script in sorted(folder.glob("*.sh")):
            summary = summary_of(script.read_text("utf-8", "replace"))
            found[script.stem] = Entrypoint(script.stem, f"{inside}/{script.name}", summary, origin)
    return dict(sorted(found.items()))


def _places(workspace: Path) -> tuple[tuple[Path, str, str], ...]:
    own = layout().entrypoints
    places = (
        (workspace / _FOLDER, f"{WORKSPACE}/{_FOLDER}", "workspace"),
        (own, f"{SYGALDRY}/{_FOLDER}", "sygaldry"),
    )
    return places[1:] if workspace / _FOLDER == own else places
