"""Query, fill and read build caches, and manage their keys."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

ALIASES: Final = {"ls": "list"}
