"""Find what a room holds by looking at its files: the only magic in the house.

A room is a package; each of its public modules (or subpackages, for groups of verbs) is one thing, named
like its file with dashes for underscores, and exports one constant.
"""

from importlib import import_module
from os import scandir
from types import ModuleType

__all__ = ["every", "get", "is_group", "load", "names", "nearest"]


def names(room: ModuleType) -> tuple[str, ...]:
    """Name the public things of a room, sorted, without importing any of them."""
    found: set[str] = set()
    for folder in room.__path__:
        with scandir(folder) as entries:
            found |= {_stem(entry.name, entry.is_dir()) for entry in entries}
    return tuple(sorted(found - {""}))


def load(room: ModuleType, name: str) -> ModuleType:
    """Import one thing of a room by its dashed name; KeyError if the room has none of that name."""
    if name not in names(room):
        raise KeyError(name)
    return import_module(f"{room.__name__}.{name.replace('-', '_')}")


def get(room: ModuleType, name: str, constant: str) -> object:
    """Return the constant that the named file of a room exports."""
    return getattr(load(room, name), constant)


def every(room: ModuleType, constant: str) -> dict[str, object]:
    """Return the constant of each file in a room, by name; imports the whole room."""
    return {name: get(room, name, constant) for name in names(room)}


def is_group(room: ModuleType, name: str) -> bool:
    """Tell whether a name is a room within the room (a group of verbs)."""
    return hasattr(load(room, name), "__path__")


def nearest(word: str, known: tuple[str, ...]) -> str | None:
    """Return the known name a typo most likely meant, if any is near."""
    from difflib import get_close_matches  # 8 ms, needed only after a mistake

    return next(iter(get_close_matches(word, known, n=1, cutoff=0.6)), None)


def _stem(filename: str, is_folder: bool) -> str:
    if filename.startswith(("_", ".")):
        return ""
    if is_folder:
        return filename.replace("_", "-")
    return filename.removesuffix(".py").replace("_", "-") if filename.endswith(".py") else ""
