"""A cause for other programs: GitHub's workflow commands, and SARIF 2.1.0.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from typing import Final, NamedTuple
from urllib.parse import quote

from sygaldry import __version__
from sygaldry.diagnosis import Cause
from sygaldry.explain.source_place import Place, place_of, relative
from sygaldry.model.sarif import sarif_log, sarif_rule

_STANDARD_INPUT: Final = "standard-input.log"
_RULE: Final = "unidentified"


class Site(NamedTuple):
    """Which log the cause is from, and the folders that hold the checkout: places are relative to them."""

    log: str = ""
    roots: tuple[str, ...] = ()


_NO_SITE: Final = Site()


def github(cause: Cause, site: Site = _NO_SITE) -> tuple[str, ...]:
    """Format one `::error` command, which annotates the file in a pull request where the place is known."""
    place = _place(cause, site)
    where = f"file={_property(place.file)},line={max(place.line, 1)},col={max(place.column, 1)}," if place else ""
    return (f"::error {where}title={_property(_title(cause))}::{_data(_message(cause))}",)


def sarif(cause: Cause | None, site: Site = _NO_SITE) -> tuple[str, ...]:
    """Format a SARIF log with one result, or none for a job that succeeded."""
    if cause is None:
        return (sarif_log("sygaldry", __version__, (), ()),)
    return (sarif_log("sygaldry", __version__, (_descriptor(cause),), (_result(cause, site),)),)


def _descriptor(cause: Cause) -> dict[str, object]:
    title = cause.family or _RULE
    description = f"The cause of a failed job, read from its log: {title}."
    more = "Read more of the log around the cause: sygaldry job explain --log FILE --tokens 2000"
    return sarif_rule(_rule(cause), title, description, more)


def _result(cause: Cause, site: Site) -> dict[str, object]:
    # Code scanning refuses a result without a place: the line of the log, where no source is known.
    line = cause.lines[0].number if cause.lines else 1
    log = site.log if site.log not in ("", "-") else _STANDARD_INPUT
    place = _place(cause, site) or Place(relative(log, site.roots), line, 1)
    region = {"startLine": max(place.line, 1), "startColumn": max(place.column, 1)}
    location = {"artifactLocation": {"uri": _uri(place.file)}, "region": region}
    return {
        "ruleId": _rule(cause),
        "ruleIndex": 0,
        "level": "error",
        "message": {"text": _message(cause)},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"sygaldry/v1": cause.signature},
        "properties": {"confidence": str(cause.confidence), "class": str(cause.kind), "log": log},
    }


def _place(cause: Cause, site: Site) -> Place | None:
    place = place_of(cause)
    return place._replace(file=relative(place.file, site.roots)) if place else None


def _rule(cause: Cause) -> str:
    return cause.signature.partition(":")[0] or _RULE


def _uri(file: str) -> str:
    """Return a path as a URI reference (RFC 3986)."""
    return f"file://{quote(file)}" if file.startswith("/") else quote(file)


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
