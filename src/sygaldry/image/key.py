"""The key of an image: its recipe in 64 characters. Content decides, never a time, a path or a user."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.image.recipe import Recipe


def key(recipe: Recipe) -> str:
    """Return the SHA-256 over the recipe in one canonical form."""
    from hashlib import sha256
    from json import dumps

    facts = [dict(recipe.arguments), dict(recipe.files), recipe.base, recipe.base_id]
    return sha256(dumps(facts, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def fingerprint(content: bytes) -> str:
    """Return the SHA-256 of one file's content."""
    from hashlib import sha256

    return sha256(content).hexdigest()
