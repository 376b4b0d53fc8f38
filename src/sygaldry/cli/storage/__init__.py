"""Manage the project's persistent storage."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

ALIASES: Final = {"ls": "show"}
