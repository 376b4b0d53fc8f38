"""List the plugins of a package by its files, so that there is no register to edit.

Each public module of such a package (or subpackage, for groups of verbs) is one plugin, named like its file with
dashes for underscores, and exports one constant.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

__all__ = ["every", "file_names", "get", "load", "names", "nearest", "nearest_names"]


def names(package: ModuleType) -> tuple[str, ...]:
    """List the plugins of a package, sorted, without importing them."""
    return tuple(sorted({name for folder in package.__path__ for name in _names_in(folder)}))


def file_names(package: str) -> tuple[str, ...]:
    """List the plugins of a package of ours by its name, for a layer that may not import it."""
    return _names_in(f"{os.path.dirname(__file__)}/{package}")


def _names_in(folder: str) -> tuple[str, ...]:
    with os.scandir(folder) as entries:
        return tuple(sorted({_stem(entry) for entry in entries} - {""}))


def load(package: ModuleType, name: str) -> ModuleType:
    """Import one plugin by its dashed name; raises KeyError if there is none of that name."""
    if name not in names(package):
        raise KeyError(name)
    full = f"{package.__name__}.{name.replace('-', '_')}"
    __import__(full)
    return sys.modules[full]


def get(package: ModuleType, name: str, constant: str) -> Any:  # noqa: ANN401 - the caller knows the contract
    """Return the constant that a plugin exports."""
    return getattr(load(package, name), constant)


def every(package: ModuleType, constant: str) -> dict[str, Any]:
    """Return the constant of each plugin by name; imports all of them."""
    return {name: get(package, name, constant) for name in names(package)}


def nearest(word: str, known: tuple[str, ...]) -> str | None:
    """Return the known name that is most similar to a mistyped one, if any is similar."""
    return next(iter(nearest_names(word, known)), None)


def nearest_names(word: str, known: tuple[str, ...]) -> list[str]:
    """Return the known names that are similar to a mistyped one, the most similar first."""
    from difflib import get_close_matches  # 8 ms, needed only after a mistake

    return get_close_matches(word, known, n=3, cutoff=0.6)


def _stem(entry: os.DirEntry[str]) -> str:
    """Name a plugin; empty for a hidden file, and for a folder that holds only leftover caches."""
    name = entry.name
    if name.startswith(("_", ".")):
        return ""
    if name.endswith(".py"):
        return name.removesuffix(".py").replace("_", "-")
    return name.replace("_", "-") if os.path.exists(f"{entry.path}/__init__.py") else ""
