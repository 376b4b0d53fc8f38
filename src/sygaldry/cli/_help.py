"""The help of a group of verbs: each with the first line of its file."""

from types import ModuleType

from sygaldry import discovery

_COLUMN = 14


def room_help(room: ModuleType, words: tuple[str, ...]) -> str:
    """List the verbs of a room."""
    typed = " ".join(("sygaldry", *words))
    title = (
        (room.__doc__ or "").strip().splitlines()[0]
        if words
        else "One reproducible environment for GPU-heavy projects."
    )
    rows = [(name, summary(discovery.load(room, name))) for name in discovery.names(room)]
    lines = [f"usage: {typed} VERB [options]", "", title, "", "verbs:"]
    lines += [f"  {name:<{_COLUMN}}{text}" for name, text in rows]
    closing = f"  {typed} VERB --help" + ("" if words else "\n  sygaldry launch -- nvidia-smi\n  sygaldry --version")
    return "\n".join([*lines, "", "more:", closing]) + "\n"


def summary(module: ModuleType) -> str:
    """Return the first sentence of a verb's file."""
    return (module.__doc__ or "").strip().partition("\n")[0].rstrip(".")
