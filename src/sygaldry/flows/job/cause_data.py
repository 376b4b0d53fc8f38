"""A cause as data for programs, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sygaldry.diagnosis import Cause, Confidence, Kind, Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sygaldry.model.report import Json


def data_of(cause: Cause) -> dict[str, Json]:
    """The whole cause, with each line's number and the offset of its first byte."""
    return {
        "outcome": cause.outcome,
        "identified": cause.identified,
        "says": cause.says,
        "where": cause.where,
        "try": cause.remedy,
        "confidence": cause.confidence,
        "class": cause.kind,
        "family": cause.family,
        "signature": cause.signature,
        "warnings": cause.warnings,
        "lines": _evidence(cause.lines),
        "also": _evidence(cause.also),
        "then": _evidence(cause.chain),
        "more": _evidence(cause.more),
    }


def cause_of(data: Json) -> Cause | None:
    """Rebuild from its data what annotations need of a cause."""
    if not isinstance(data, Mapping):
        return None
    entries = data.get("lines")
    lines = [entry for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, list) else []
    return Cause(
        outcome=str(data["outcome"]),
        identified=bool(data["identified"]),
        says=str(data["says"]),
        lines=tuple(Line(int(str(e["line"])), int(str(e["offset"])), str(e["text"])) for e in lines),
        where=str(data["where"]),
        remedy=str(data["try"]),
        confidence=Confidence(str(data["confidence"])),
        kind=Kind(str(data["class"])),
        signature=str(data["signature"]),
        family=str(data["family"]),
    )


def _evidence(lines: Sequence[Line]) -> list[Json]:
    return [{"line": line.number, "offset": line.offset, "text": line.text} for line in lines]
