"""What a verb answers: data for programs, lines for people, an exit code for shells."""

from __future__ import annotations

from sygaldry.model.value import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TypeAlias

    Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | float | bool | None"
else:
    Json = object  # importable for annotations everywhere, without the cost of typing


@dataclass(frozen=True)
class Report:
    """One answer. `lines` go to stdout, `notes` to stderr; with --json only `data` is printed.

    `states` maps words that begin a line to what they mean: good, warning, bad or unknown. A terminal colours them.
    """

    data: Mapping[str, Json] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    exit_code: int = 0
    states: Mapping[str, str] = field(default_factory=dict)
