"""The annotations of an image that every registry and scanner reads.

https://github.com/opencontainers/image-spec/blob/main/annotations.md
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from sygaldry.image.names import is_digest
from sygaldry.image.recipe import EPOCH

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sygaldry.image.recipe import Recipe

SOURCE: Final = "https://github.com/phi9t/sygaldry"
_PREFIX: Final = "org.opencontainers.image"
# Sygaldry's own files; each package in the image has its licence in /usr/share/doc/NAME/copyright.
_LICENCES: Final = "MIT AND LicenseRef-Debian-packages"


def image_annotations(recipe: Recipe, version: str, revision: str, base_digests: Iterable[str]) -> dict[str, str]:
    """Return the annotations; those that are not known are left out."""
    found = {
        "title": "Sygaldry development environment",
        "source": SOURCE,
        "version": version,
        "revision": revision,
        "licenses": _LICENCES,
        "created": created(),
        "base.name": recipe.base,
        "base.digest": base_digest(recipe.base, base_digests),
    }
    return {f"{_PREFIX}.{name}": text for name, text in found.items() if text}


def created(epoch: int = EPOCH) -> str:
    """Format the time of the image's files: the time of the build would make two equal images different."""
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def base_digest(base: str, digests: Iterable[str]) -> str:
    """Return the digest of the base's manifest in its registry; empty for a base that was made on this machine."""
    if is_digest(base):
        return base.partition("@")[2]
    repository = base.rpartition(":")[0] if ":" in base.rpartition("/")[2] else base
    found = [each.partition("@")[2] for each in digests if each.partition("@")[0].endswith(repository)]
    return found[0] if found else ""
