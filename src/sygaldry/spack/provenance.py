"""Tie a lock to what it was made from: Spack's and the recipes' commits, the manifest, the image."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from shlex import quote
from typing import Any, Final

from sygaldry.model.errors import LockError
from sygaldry.model.json_text import parse_json

SCHEMA: Final = 1
FILE: Final = "sygaldry.lock.json"

# The pinned pair: https://github.com/spack/spack/releases/tag/v1.1.0 and the recipes that go with it.
SPACK_VERSION: Final = "1.1.0"
SPACK_COMMIT: Final = "2e907202bcc8209a6a62243aab50c179b524cc3b"
RECIPES_VERSION: Final = "v2025.11.0"
RECIPES_COMMIT: Final = "119680aeee8ea802c6111b7167583bddef97e82f"


@dataclass(frozen=True)
class Provenance:
    """What a lock was made from. `recipes` digests each recipe used, so that a changed one is named."""

    manifest_sha256: str
    lock_digest: str
    spack_version: str = SPACK_VERSION
    spack_commit: str = SPACK_COMMIT
    recipes_version: str = RECIPES_VERSION
    recipes_commit: str = RECIPES_COMMIT
    image: str = ""
    os: str = ""
    manifest: Mapping[str, Any] = field(default_factory=dict)
    recipes: Mapping[str, str] = field(default_factory=dict)
    licenses: Mapping[str, str] = field(default_factory=dict)
    pypi: Mapping[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """Format the file: sorted and indented, so that a change is a small difference under git."""
        return json.dumps({"schema": SCHEMA, **asdict(self)}, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def parse_provenance(text: str, path: str) -> Provenance:
    """Read the file; raises LockError if it is not one of ours."""
    try:
        raw = parse_json(text)
        schema = int(raw.pop("schema"))
        if schema > SCHEMA:
            raise LockError(f"{path} was written by a newer Sygaldry", hint="update Sygaldry")
        found = Provenance(**raw)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        why = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
        raise LockError(f"{path} is damaged: {why}", hint=_lock_again(path)) from error
    if not all(isinstance(each, dict) for each in (found.manifest, found.recipes, found.licenses, found.pypi)):
        raise LockError(
            f"{path} is damaged: its manifest, recipes, licenses or pypi is not a table", hint=_lock_again(path)
        )
    return found


def _lock_again(path: str) -> str:
    return f"lock again: sygaldry env lock {quote(path.rpartition('/')[0] or '.')}"


def digest(text: str) -> str:
    """Digest a text."""
    from hashlib import sha256

    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def changed_recipes(recorded: Mapping[str, str], found: Mapping[str, str]) -> tuple[str, ...]:
    """Name the recipes that are not those the lock was made from; one that is absent counts."""
    return tuple(sorted(name for name, value in recorded.items() if found.get(name) != value))


def pypi_of(recipe: str) -> str:
    """Read the project of PyPI that a recipe takes its source from; empty if it has another one."""
    import re

    found = re.search(r'^\s+pypi\s*=\s*"([\w.-]{1,100})/', recipe, re.MULTILINE)
    return found[1] if found else ""


def license_of(recipe: str) -> str:
    """Read the licence that a recipe declares: the first, which is the newest version's; empty if it has none."""
    import re

    found = re.search(r'^\s+license\(\s*"([^"]{1,200})"', recipe, re.MULTILINE)
    return found[1] if found else ""
