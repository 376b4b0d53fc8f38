"""What a verb answers: data for programs, lines for people, an exit code for shells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | float | bool | None"


@dataclass(frozen=True)
class Report:
    """One answer. `lines` go to stdout, `notes` to stderr; with --json only `data` is printed."""

    data: Mapping[str, Json] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    exit_code: int = 0
