"""Show the settings and where each value comes from."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

ALIASES: Final = {"ls": "show", "list": "show", "get": "show"}
