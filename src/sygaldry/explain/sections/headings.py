"""Headings that scripts print before a part of their work: `== build ==`, `>>> deploy`, `[2/5] link`, `Step 3: test`."""

from typing import Final

from sygaldry.explain.sections import Event, Format, Level, Mark
from sygaldry.model.lazy_pattern import lazy_pattern

_HEADING: Final = lazy_pattern(
    r"^(?:(?:={2,12}|>{2,12}|-{3,12}|\*{2,12}(?=> ?[A-Z\[]| ?[A-Z\[]|.{1,90}\*\*$)|#{2,12})>? ?(?P<a>[A-Za-z\[][\w .,:/()@\[\]-]{2,70}?)(?: ?(?:=|>|<|-|\*|#){2,60})?"
    r"|(?:Step|STEP|Stage|STAGE|Phase|PHASE) \d{1,3}(?:/\d{1,3})?[:.)]? (?P<b>.{2,80})|\[\d{1,2}/\d{1,2}\] (?P<c>[A-Z][\w ,:/-]{2,70}))$"
)
# Test runners and tools print such lines inside one step.
_INSIDE: Final = lazy_pattern(
    r"(?i)\b(?:failures?|errors?|failed|passed|warnings?|summary|results?|test session starts|captured|slowest|coverage|rerun"
    r"|skipped|output|log|stdout|stderr|traceback|end|info|debug|expected|actual|diff|building c|linking|generating|run|pass|fail|skip|pause|cont|name)\b"
)


# A script runs this part after the failure.
_AFTER: Final = lazy_pattern(
    r"(?i)\b(?:epilog(?:ue)?|clean(?:ing)?[ -]?up|tear[ -]?down|resource usage|job statistics|accounting)\b"
    r"|^(?:\w+ ){0,4}(?:finished|done|ended|completed|exited|stopped|terminated)\b|\b(?:exit (?:code|status)|status|code) \d{1,3}\b"
)


def _read(text: str) -> Mark | None:
    found = _HEADING.match(text)
    name = (found["a"] or found["b"] or found["c"]) if found else ""
    if not name or _INSIDE.search(name) or (name.endswith(".") and not name.endswith("..")):
        return None  # a sentence is a message
    event = Event.CLOSE if _AFTER.search(name) else Event.BEGIN
    return Mark(event, Level.PHASE, name.strip())


FORMAT: Final = Format(
    "headings", (b"== ", b">> ", b"--- ", b"** ", b"## ", b"=>", b"Step ", b"tage ", b"hase ", b"STEP "), _read
)
