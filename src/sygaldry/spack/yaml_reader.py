"""Read YAML with PyYAML, or with the library that Spack carries: inside an image there is no other."""

from __future__ import annotations

from typing import Any

from sygaldry.model.errors import LockError


def load_yaml(text: str, path: str, library: str = "") -> Any:  # noqa: ANN401 - YAML of any shape
    """Read YAML, with the library that Spack carries where there is no other. Raises LockError."""
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
