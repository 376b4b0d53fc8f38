"""The key of an image: its recipe in 64 characters. Content decides, never a time, a path or a user."""

from __future__ import annotations

try:  # hashlib would set OpenSSL up, for 5 ms of every launch
    from _sha2 import sha256
except ImportError:  # before Python 3.12
    from _sha256 import sha256

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
