"""The promise of a file in `tools/`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from sygaldry.mcp_server.place import Place


@dataclass(frozen=True)
class Tool:
    """A tool: `make` returns its function for a place, whose signature and docstring are what an agent reads.

    `tokens` bounds its answer. `changes` says that it starts something, `destroys` that it ends or removes something;
    neither is offered with --read-only. `is_open` says that it may reach other machines.
    """

    make: Callable[[Place], Callable[..., str]]
    tokens: int
    changes: bool = False
    destroys: bool = False
    is_repeatable: bool = True
    is_open: bool = False

    def describe(self) -> dict[str, Any]:
        """Return the hints for clients, which ask a person before some tools."""
        return {
            "read_only_hint": not self.changes and not self.destroys,
            "destructive_hint": self.destroys,
            "idempotent_hint": self.is_repeatable,
            "open_world_hint": self.is_open,
        }
