"""A cause for other programs: GitHub's workflow commands, and SARIF 2.1.0.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import json
import re
from typing import Final, NamedTuple

from sygaldry.diagnosis import Cause

_PLACES: Final = (
    re.compile(r'File "(?P<file>[^"<>]{1,300})", line (?P<line>\d{1,7})'),
    re.compile(r"(?P<file>[\w./@+-]{1,300}\.\w{1,8})[:(](?P<line>\d{1,7})(?:[:,](?P<column>\d{1,5}))?"),
)


class Place(NamedTuple):
    """A place in a source file that the cause names."""

    file: str
    line: int
    column: int


def place_of(cause: Cause) -> Place | None:
    """Find the source file, line and column in the cause's place, sentence or lines."""
    for text in (cause.where, cause.says, *(line.text for line in cause.lines)):
        for shape in _PLACES:
            if found := shape.search(text):
                groups = found.groupdict()
                return Place(found["file"], int(found["line"]), int(groups.get("column") or 1))
    return None


def github(cause: Cause) -> tuple[str, ...]:
    """Format one `::error` command, which annotates the file in a pull request where the place is known."""
    place = place_of(cause)
    where = f"file={_property(place.file)},line={place.line},col={place.column}," if place else ""
    return (f"::error {where}title={_property(_title(cause))}::{_data(_message(cause))}",)


def sarif(cause: Cause | None) -> tuple[str, ...]:
    """Format a SARIF log with one result, or none for a job that succeeded."""
    results = [_result(cause)] if cause else []
    run = {"tool": {"driver": {"name": "sygaldry", "rules": []}}, "results": results}
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return (json.dumps({"version": "2.1.0", "$schema": schema, "runs": [run]}, indent=1, ensure_ascii=False),)


def _result(cause: Cause) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": cause.signature.partition(":")[0] or "unidentified",
        "level": "error",
        "message": {"text": _message(cause)},
        "partialFingerprints": {"sygaldry/v1": cause.signature},
        "properties": {"confidence": str(cause.confidence), "class": str(cause.kind)},
    }
    if place := place_of(cause):
        region = {"startLine": max(place.line, 1), "startColumn": max(place.column, 1)}
        location = {"artifactLocation": {"uri": place.file.removeprefix("./")}, "region": region}
        result["locations"] = [{"physicalLocation": location}]
    return result


def _title(cause: Cause) -> str:
    says = cause.says or (cause.lines[0].text.strip() if cause.lines else cause.outcome)
    return says if cause.identified else f"cause not identified ({cause.outcome})"


def _message(cause: Cause) -> str:
    lines = [f"{line.number}: {line.text.strip()}" for line in cause.lines]
    return "\n".join((f"{cause.outcome}: {_title(cause)}", *lines, *([f"try: {cause.remedy}"] if cause.remedy else [])))


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
