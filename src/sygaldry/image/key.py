"""The key of an image: a digest of its recipe's content, independent of times, paths and users."""

from __future__ import annotations

try:  # hashlib initialises OpenSSL, which adds 5 ms to every launch
    from _sha2 import sha256
except ImportError:  # before Python 3.12, and in builds without the module
    try:
        from _sha256 import sha256
    except ImportError:
        from hashlib import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.image.recipe import Recipe


def key(recipe: Recipe) -> str:
    """Return the SHA-256 over the recipe in one canonical form."""
    facts = (sorted(recipe.arguments.items()), sorted(recipe.files.items()), recipe.base, recipe.base_id)
    return fingerprint(repr(facts).encode())


def fingerprint(content: bytes) -> str:
    """Return the SHA-256 of one file's content."""
    digest: str = sha256(content).hexdigest()
    return digest
