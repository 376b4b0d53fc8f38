"""Estimate how long packages take to build: from this store's history, else from a table of measured times."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median
from typing import Final

from sygaldry.spack.build_times import SECONDS
from sygaldry.spack.lock import Lock, Node

_COMPILED: Final = frozenset(["c", "cxx", "fortran", "cuda"])


def estimate(lock: Lock, history: Mapping[str, float], speed: Callable[[], float]) -> dict[str, float]:
    """Map the packages of a lock, by hash, to seconds; packages without a measurement are left out.

    `speed` is how much slower this machine is than the one of the table; it is asked only where the table is used.
    """
    found: dict[str, float] = {}
    factor = 0.0
    for node in lock.to_install:
        if node.label in history:
            found[node.hash] = history[node.label]
        elif (seconds := _measured(node)) is not None:
            factor = factor or speed()
            found[node.hash] = seconds * factor
    return found


def _measured(node: Node) -> float | None:
    """Look a package up by name, whatever its version; pure Python packages take about the same time each."""
    if node.name in SECONDS:
        return SECONDS[node.name]
    is_python = any(edge.name in ("py-pip", "python-venv") for edge in node.edges)
    is_compiled = any(_COMPILED & set(edge.virtuals) for edge in node.edges)
    return median(SECONDS[name] for name in _PURE_PYTHON) if is_python and not is_compiled else None


_PURE_PYTHON: Final = ("py-cppy", "py-flit-core", "py-jinja2", "py-packaging", "py-six", "py-webencodings")
