"""The help of a group of verbs: each with the first line of its file."""

from __future__ import annotations

from sygaldry import __version__, discovery

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from sygaldry.cli._resolve_verb import Found

_COLUMN = 14


def room_help(found: Found) -> str:
    """List the verbs of a room, or answer --version."""
    if found.wants_version:
        return f"sygaldry {__version__}\n"
    room, typed = found.room, " ".join(("sygaldry", *found.words))
    title = summary(room) if found.words else "One reproducible environment for GPU-heavy projects"
    rows = [(name, summary(discovery.load(room, name))) for name in discovery.names(room)]
    lines = [f"usage: {typed} VERB [options]", "", title, "", "verbs:"]
    lines += [f"  {name:<{_COLUMN}}{text}" for name, text in rows]
    closing = f"  {typed} VERB --help" + (
        "" if found.words else "\n  sygaldry launch -- bazel build //...\n  sygaldry --version"
    )
    return "\n".join([*lines, "", "more:", closing]) + "\n"


def summary(module: ModuleType) -> str:
    """Return the first line of a verb's file."""
    return (module.__doc__ or "").strip().partition("\n")[0].rstrip(".")
