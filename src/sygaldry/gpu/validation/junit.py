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
        f'<testsuite name="sygaldry gpu validate" {counts} time="{seconds:.3f}"{_timestamp(outcomes)}>',
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
    measured = _measured(outcome)
    if outcome.state is State.PASS and not measured:
        return [f"{head}/>"]
    verdict = (
        [] if outcome.state is State.PASS else [f"    <{inner[outcome.state]} message={_attribute(outcome.reason)}/>"]
    )
    return [f"{head}>", *measured, *verdict, "  </testcase>"]


def _measured(outcome: Outcome) -> list[str]:
    """Keep the measured value, its limit and the time, so that a trend can be drawn from many runs."""
    value = "" if outcome.value is None else f"{outcome.value:.6g}"
    pairs = (("value", value), ("limit", outcome.limit), ("level", str(outcome.level)), ("at", outcome.at))
    lines = [f"      <property name={_attribute(name)} value={_attribute(text)}/>" for name, text in pairs if text]
    return ["    <properties>", *lines, "    </properties>"] if value or outcome.at else []


def _timestamp(outcomes: Sequence[Outcome]) -> str:
    first = min((each.at for each in outcomes if each.at), default="")
    return f" timestamp={_attribute(first)}" if first else ""


def _attribute(text: str) -> str:
    # XML 1.0 knows no control characters, not even escaped.
    return quoteattr("".join(char if char >= " " or char in "\n\t" else "?" for char in text))
