"""Find what a room holds by looking at its files: the only magic in the house.

A room is a package; each of its public modules (or subpackages, for groups of verbs) is one thing, named
like its file with dashes for underscores, and exports one constant.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

__all__ = ["every", "file_names", "get", "load", "names", "nearest"]


def names(room: ModuleType) -> tuple[str, ...]:
    """Name the public things of a room, sorted, without importing any of them."""
    return tuple(sorted({name for folder in room.__path__ for name in _names_in(folder)}))


def file_names(room: str) -> tuple[str, ...]:
    """Name the things of a room of ours by the room's name, for those who may not import it."""
    return _names_in(f"{os.path.dirname(__file__)}/{room}")


def _names_in(folder: str) -> tuple[str, ...]:
    with os.scandir(folder) as entries:
        return tuple(sorted({_stem(entry) for entry in entries} - {""}))


def load(room: ModuleType, name: str) -> ModuleType:
    """Import one thing of a room by its dashed name; KeyError if the room has none of that name."""
    if name not in names(room):
        raise KeyError(name)
    full = f"{room.__name__}.{name.replace('-', '_')}"
    __import__(full)
    return sys.modules[full]


def get(room: ModuleType, name: str, constant: str) -> Any:  # noqa: ANN401 - the room's promise, which the caller names
    """Return the constant that the named file of a room exports."""
    return getattr(load(room, name), constant)


def every(room: ModuleType, constant: str) -> dict[str, Any]:
    """Return the constant of each file in a room, by name; imports the whole room."""
    return {name: get(room, name, constant) for name in names(room)}


def nearest(word: str, known: tuple[str, ...]) -> str | None:
    """Return the known name a typo most likely meant, if any is near."""
    from difflib import get_close_matches  # 8 ms, needed only after a mistake

    return next(iter(get_close_matches(word, known, n=1, cutoff=0.6)), None)


def _stem(entry: os.DirEntry[str]) -> str:
    """Name a thing; nothing for what is hidden, and for a folder that only caches are left of."""
    name = entry.name
    if name.startswith(("_", ".")):
        return ""
    if name.endswith(".py"):
        return name.removesuffix(".py").replace("_", "-")
    return name.replace("_", "-") if os.path.exists(f"{entry.path}/__init__.py") else ""
