"""Read YAML with PyYAML, or with the library that Spack carries: inside an image there is no other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sygaldry.model.errors import LockError

MOST_VALUES: Final = 1_000_000  # with each alias counted as a copy of what it refers to
_DEEPEST: Final = 200


def load_yaml(text: str, path: str, library: str = "") -> Any:  # noqa: ANN401 - YAML of any shape
    """Read YAML, with the library that Spack carries where there is no other.

    Raises LockError, also for a small text whose aliases stand for more than MOST_VALUES values.
    """
    value = _parsed(text, path, library)
    try:
        count = _count(value, {}, 0)
    except RecursionError as error:
        raise LockError(f"{path} refers to itself, or is nested too deep", hint="remove the cycle") from error
    if count > MOST_VALUES:
        raise LockError(f"{path} has more than {MOST_VALUES} values", hint="its aliases (*name) multiply one another")
    return value


def _count(value: object, known: dict[int, int], depth: int) -> int:
    """Count the values of a tree; what an alias shares is counted each time. Raises RecursionError for a cycle."""
    if not isinstance(value, dict | list):
        return 1
    if depth > _DEEPEST:
        raise RecursionError
    if id(value) not in known:
        children: Iterable[object] = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_count(each, known, depth + 1) for each in children)
    return known[id(value)]


def _parsed(text: str, path: str, library: str) -> Any:  # noqa: ANN401 - YAML of any shape
    try:
        import yaml
    except ImportError:
        return _loaded_by_spack(text, path, library)
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise LockError(f"{path} is not valid YAML: {_one_line(error)}", hint="fix that line") from error


def _loaded_by_spack(text: str, path: str, library: str) -> Any:  # noqa: ANN401 - YAML of any shape
    """Read YAML with the library that Spack carries: inside an image there is no other."""
    import sys

    sys.path.append(library)
    try:
        from spack.vendor.ruamel.yaml import YAML  # type: ignore[import-not-found]  # only where Spack is
        from spack.vendor.ruamel.yaml.error import YAMLError  # type: ignore[import-not-found]  # likewise
    except ImportError:
        raise LockError(
            f"{path} cannot be read: neither PyYAML nor Spack is here",
            hint="python3 -m pip install pyyaml, or use an image with Spack",
        ) from None
    finally:
        sys.path.remove(library)
    try:
        return YAML(typ="safe", pure=True).load(text)
    except (YAMLError, RecursionError) as error:
        raise LockError(f"{path} is not valid YAML: {_one_line(error)}", hint="fix that line") from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
