"""Read YAML with PyYAML, or with the library that Spack carries: inside an image there is no other."""

from __future__ import annotations

import re
from typing import Any, Final

from sygaldry.model.document import check_document
from sygaldry.model.errors import LockError

# Each alias counts as a copy of what it refers to; real manifests hold a few hundred values.
_MOST_VALUES: Final = 200_000
# What the readers of files make of a byte that is not UTF-8: https://peps.python.org/pep-0383/
_NOT_UTF8: Final = re.compile("[\udc80-\udcff]")


def load_yaml(text: str, path: str, library: str = "") -> Any:  # noqa: ANN401 - YAML of any shape
    """Read YAML, with the library that Spack carries where there is no other. Raises LockError."""
    if _NOT_UTF8.search(text):
        raise LockError(f"{path} is not UTF-8, and Spack reads nothing else", hint="save it as UTF-8")
    try:
        import yaml
    except ImportError:
        found = _loaded_by_spack(text, path, library)
    else:
        try:
            found = yaml.safe_load(text)
        # Dates and numbers that do not exist are ValueErrors.
        except (yaml.YAMLError, RecursionError, ValueError) as error:
            raise _invalid(path, error) from error
    try:
        check_document(found, _MOST_VALUES)
    except ValueError as error:
        raise _invalid(path, error) from error
    return found


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
    except (YAMLError, RecursionError, ValueError) as error:
        raise _invalid(path, error) from error


def _invalid(path: str, error: Exception) -> LockError:
    if isinstance(error, RecursionError):
        return LockError(f"{path} is nested too deeply", hint="write it with fewer levels")
    return LockError(f"{path} is not valid YAML: {' '.join(str(error).split())[:200]}", hint="fix that line")
