"""Outcomes as JUnit XML, as CI systems read it; a skip stays a skip."""

from collections.abc import Sequence
from xml.sax.saxutils import quoteattr

from sygaldry.gpu.validation.outcome import Outcome, State


def junit(outcomes: Sequence[Outcome], properties: dict[str, str]) -> str:
    """Write one test suite."""
    count = {state: sum(each.state is state for each in outcomes) for state in State}
    seconds = sum(each.seconds for each in outcomes)
    counts = (
        f'tests="{len(outcomes)}" failures="{count[State.FAIL]}" '
        f'errors="{count[State.ERROR]}" skipped="{count[State.SKIP]}"'
    )
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<testsuite name="sygaldry gpu validate" {counts} time="{seconds:.3f}">',
        "  <properties>",
        *(f"    <property name={_attribute(name)} value={_attribute(value)}/>" for name, value in properties.items()),
        "  </properties>",
        *(line for each in outcomes for line in _case(each)),
        "</testsuite>",
    ]
    return "\n".join(lines) + "\n"


def _case(outcome: Outcome) -> list[str]:
    suite, _, name = outcome.id.partition(".")
    head = f'  <testcase classname="gpu.{suite}.{outcome.device}" name={_attribute(name)} time="{outcome.seconds:.3f}"'
    inner = {State.FAIL: "failure", State.ERROR: "error", State.SKIP: "skipped"}
    if outcome.state is State.PASS:
        return [f"{head}/>"]
    return [f"{head}>", f"    <{inner[outcome.state]} message={_attribute(outcome.reason)}/>", "  </testcase>"]


def _attribute(text: str) -> str:
    # XML 1.0 knows no control characters, not even escaped.
    return quoteattr("".join(char if char >= " " or char in "\n\t" else "?" for char in text))
