"""Report what a comparison found, for people, programs, and the tools that read SARIF or JUnit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from xml.etree import ElementTree as ET  # only written

from sygaldry import __version__
from sygaldry.flows.verify.finding import DIFFERS, EQUAL, UNKNOWN, Finding
from sygaldry.model.report import Json, Report
from sygaldry.model.sarif import sarif_log, sarif_rule

_MOST_DETAILS = 10
EXIT_CODES = {EQUAL: 0, DIFFERS: 1, UNKNOWN: 4}
FORMATS = ("text", "sarif", "junit")


def verify_report(findings: Sequence[Finding], format_: str = "text") -> Report:
    """The exit code is 0 if everything is equal, 1 if something differs, else 4: something could not be compared."""
    counts = Counter(each.verdict for each in findings)
    verdict = next((each for each in (DIFFERS, UNKNOWN) if counts[each]), EQUAL)
    data: dict[str, Json] = {"verdict": verdict, "findings": [_data(each) for each in findings]}
    lines = {"text": _lines, "sarif": _sarif, "junit": _junit}[format_](findings)
    return Report(data, lines, exit_code=EXIT_CODES[verdict])


def _lines(findings: Sequence[Finding]) -> tuple[str, ...]:
    lines = []
    for each in findings:
        lines.append(each.line())
        lines += [f"    {detail}" for detail in each.details[:_MOST_DETAILS]]
        if len(each.details) > _MOST_DETAILS:
            lines.append(f"    ... and {len(each.details) - _MOST_DETAILS} more; see all: --json")
        if each.verdict != EQUAL:
            lines += [f"    could have changed it: {each.author}"] if each.author and each.verdict == DIFFERS else []
            lines += [f"    next: {each.remedy}"] if each.remedy else []
    return tuple(lines)


def _data(finding: Finding) -> Json:
    return {
        "kind": finding.kind,
        "name": finding.name,
        "verdict": finding.verdict,
        "summary": finding.summary,
        "details": list(finding.details),
        "remedy": finding.remedy,
        "author": finding.author,
    }


def _sarif(findings: Sequence[Finding]) -> tuple[str, ...]:
    rules = [_rule(kind) for kind in sorted({each.kind for each in findings})]
    return (sarif_log("sygaldry verify", __version__, rules, [_result(each) for each in findings]),)


def _rule(kind: str) -> dict[str, object]:
    description = f"Compares this machine with sygaldry.lock: {kind}."
    return sarif_rule(kind, kind, description, "See what differs, and what to type: sygaldry verify")


def _result(finding: Finding) -> dict[str, object]:
    place = {"artifactLocation": {"uri": "sygaldry.lock"}, "region": {"startLine": 1}}
    return {
        "ruleId": finding.kind,
        "level": {EQUAL: "none", DIFFERS: "error", UNKNOWN: "warning"}[finding.verdict],
        "kind": {EQUAL: "pass", DIFFERS: "fail", UNKNOWN: "open"}[finding.verdict],
        "message": {"text": f"{finding.name}: {finding.summary}"},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"sygaldry/v1": f"{finding.kind}:{finding.name}"},
    }


def _junit(findings: Sequence[Finding]) -> tuple[str, ...]:
    counts = Counter(each.verdict for each in findings)
    suite = ET.Element(
        "testsuite",
        name="sygaldry verify",
        tests=str(len(findings)),
        failures=str(counts[DIFFERS]),
        skipped=str(counts[UNKNOWN]),
    )
    for each in findings:
        case = ET.SubElement(suite, "testcase", classname=each.kind, name=_printable(each.name))
        tag = {DIFFERS: "failure", UNKNOWN: "skipped"}.get(each.verdict)
        if tag:
            ET.SubElement(case, tag, message=_printable(each.summary)).text = _printable("\n".join(each.details))
    ET.indent(suite)
    return tuple(ET.tostring(suite, encoding="unicode").splitlines())


def _printable(text: str) -> str:
    """Replace what XML 1.0 cannot hold, not even escaped."""
    return "".join(each if each == "\n" or each.isprintable() else "?" for each in text)
