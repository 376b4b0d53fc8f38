"""A diagnosis, a snapshot and the guide of fixes as lines for people."""

import textwrap
from collections.abc import Iterable
from dataclasses import is_dataclass

from sygaldry import signatures
from sygaldry.gpu.checks import Check, Reboot, Severity, Step
from sygaldry.gpu.diagnose import Diagnosis, Finding, State
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import Unknown
from sygaldry.model.report import Json

MOST_FINDINGS = 3
_WIDTH = 118
GUIDE = "container/NVIDIA_FIXES.md"


def diagnosis_lines(diagnosis: Diagnosis, *, verbose: bool = False) -> tuple[str, ...]:
    """Give the verdict first, then at most three findings with their fixes; with `verbose` everything."""
    listed = diagnosis.roots if verbose else diagnosis.roots[:MOST_FINDINGS]
    if diagnosis.state in (State.RECOGNISED, State.NOT_RECOGNISED):
        return tuple(map(_printable, _text_lines(diagnosis, listed)))
    lines = [_verdict_line(diagnosis)]
    for number, finding in enumerate(listed, 1):
        lines += _finding_lines(number, finding)
    rest = len(diagnosis.roots) - len(listed)
    if rest:
        lines.append(f"and {rest} more: sygaldry gpu diagnose --verbose")
    if verbose:
        lines += _all_lines(diagnosis)
    elif diagnosis.unchecked and diagnosis.state is not State.NO_HARDWARE:
        lines.append(_unchecked_line(diagnosis))
    return tuple(map(_printable, lines))


def diagnosis_data(diagnosis: Diagnosis) -> dict[str, Json]:
    """Return everything as data."""
    return {
        "state": str(diagnosis.state),
        "reason": diagnosis.reason,
        "roots": [finding.check.id for finding in diagnosis.roots],
        "exit": diagnosis.exit_code,
        "findings": [finding.data() for finding in diagnosis.findings],
    }


def script(diagnosis: Diagnosis) -> tuple[str, ...]:
    """Write the fixes as a script that a person reads before running it."""
    lines = ["#!/bin/bash", "# Written by: sygaldry gpu diagnose --fix. Read it, then run it step by step."]
    for finding in diagnosis.roots:
        lines += ["", f"# {finding.check.id}: {finding.check.title}", f"# seen: {finding.evidence}"]
        if finding.check.reboot is not Reboot.NO:
            lines.append(f"# needs a reboot: {finding.check.reboot}")
        lines += [f"# by hand: {step.text}" if step.by_hand else step.command for step in finding.steps]
    return tuple(map(_printable, lines))


def fixes(checks: Iterable[Check]) -> str:
    """Write the guide: one section a check, in the order of their ids."""
    head = (
        "# NVIDIA problems and their fixes\n\n"
        "Written by `sygaldry gpu fixes --write`; edit `src/sygaldry/gpu/checks/`, not this page.\n\n"
        "`sygaldry gpu diagnose` asks all of this in a few seconds and shows only what applies here. Steps with\n"
        "`sudo` need root; nothing is changed unless you do it. Replace a word in capitals, such as INDEX, by what\n"
        "your machine shows.\n"
    )
    ordered = sorted(checks, key=lambda check: check.id)
    contents = "\n".join(f"- [{check.id}](#{anchor(check)}): {check.title}" for check in ordered)
    return f"{head}\n{contents}\n\n" + "\n".join(_section(check) for check in ordered)


def anchor(check: Check) -> str:
    """Return the name that a page's heading gets on a forge: lower case, no dots."""
    return check.id.replace(".", "")


def facts_lines(facts: Facts) -> tuple[str, ...]:
    """List each probe's value, or why there is none."""
    lines = (line for name, value in vars(facts).items() if name not in _NOT_LISTED for line in _fact(name, value))
    return tuple(map(_printable, lines))


_NOT_LISTED = ("environment", "messages", "trouble")


def _printable(line: str) -> str:
    """Keep recorded text from moving the cursor or beginning a line of a script."""
    return "".join(char if char.isprintable() else " " for char in line)


def _text_lines(diagnosis: Diagnosis, listed: tuple[Finding, ...]) -> list[str]:
    """Say what a text names: the likeliest cause first, then the others, and what would decide."""
    if diagnosis.state is State.NOT_RECOGNISED:
        return [
            f"{diagnosis.state}: {diagnosis.reason}; no machine was judged",
            "hint: sygaldry gpu diagnose judges this machine; with --here --log both together",
        ]
    first = (diagnosis.roots or diagnosis.notes)[0]
    lines = [f"{diagnosis.state}: {first.check.title} (no machine was judged)"]
    for number, finding in enumerate(listed, 1):
        lines += _finding_lines(number, finding)
    rest = [each.check.id for each in diagnosis.roots[len(listed) :]]
    if rest:
        lines.append(f"it can also mean: {', '.join(rest)}")
    decided = list(dict.fromkeys(each.decided_by for each in diagnosis.roots if each.decided_by))
    if decided:
        lines.append(f"what decides: {'; '.join(decided)}")
    lines.append("judge the machine that printed it: sygaldry gpu diagnose --here --log FILE")
    return lines


def _verdict_line(diagnosis: Diagnosis) -> str:
    if diagnosis.state is State.NO_HARDWARE:
        return f"GPU: {diagnosis.state} ({diagnosis.reason})"
    cause = diagnosis.roots[0].check.title if diagnosis.roots else diagnosis.reason
    # The host's own programs and the sandbox need no engine.
    blocking = [each for each in diagnosis.roots if each.severity is Severity.BLOCKS]
    engine = bool(blocking) and all(each.check.id.startswith("ctr.") for each in blocking)
    return f"GPU: {diagnosis.state}{' in containers' if engine else ''}" + (f": {cause}" if cause else "")


def _finding_lines(number: int, finding: Finding) -> list[str]:
    needs = "needs root" if any(step.root for step in finding.steps) else "no root needed"
    lines = [f"{number}. {finding.check.id}: {finding.check.title}", f"   seen: {finding.evidence}"]
    for place, step in enumerate(finding.steps):
        label = "fix: " if place == 0 else "     "
        lines.append(f"   {label} {f'({step.text})' if step.by_hand else step.command}")
    if finding.alternatives:
        lines.append(
            f"   or: {', '.join(finding.alternatives)}; decided by: {finding.decided_by or 'the state of the machine'}"
        )
    lines.append(f"   {needs}; reboot: {finding.check.reboot}; more: {GUIDE}#{anchor(finding.check)}")
    return lines


def _all_lines(diagnosis: Diagnosis) -> list[str]:
    lines = [f"follows from {each.because_of}: {each.check.id} ({each.evidence})" for each in diagnosis.hidden]
    lines += [f"note: {each.check.id}: {each.check.title} ({each.evidence})" for each in diagnosis.notes]
    for finding in diagnosis.findings:
        if not finding.is_trouble:
            lines.append(f"{finding.data()['state']:16} {finding.check.id:24} {finding.evidence}".rstrip())
    return lines


def _unchecked_line(diagnosis: Diagnosis) -> str:
    reasons = list(dict.fromkeys(each.evidence for each in diagnosis.unchecked))
    return f"{len(diagnosis.unchecked)} questions could not be checked, the first because: {reasons[0]}"


def _section(check: Check) -> str:
    parts = [f"## {check.id}\n\n{_wrapped(f'**{check.title}.** {check.why}')}\n"]
    parts.append(f"{_wrapped(f'Severity: {check.severity}. Reboot: {check.reboot}. Source: {check.source}.')}\n")
    texts = [each for each in signatures.every() if check.id in each.causes]
    if texts:
        printed = "\n".join(f"    {each.pattern}" for each in texts)
        parts.append(f"What is printed (as a pattern):\n\n{printed}\n")
    steps = (_wrapped(f"{number}. {_instruction(step)}") for number, step in enumerate(check.steps, 1))
    parts.append("\n".join(steps) + "\n")
    if check.hides:
        hidden = ", ".join(f"`{each}`" for each in check.hides)
        parts.append(f"{_wrapped(f'While this stands, these are not reported: {hidden}.')}\n")
    return "\n".join(parts)


def _wrapped(text: str) -> str:
    """Wrap prose at the width of a document; a command stays on its line, so that it can be copied."""
    if "`" in text and not text.startswith(("**", "While")):
        return text
    lines = textwrap.wrap(text, _WIDTH, subsequent_indent="   " if text[:1].isdigit() else "", break_on_hyphens=False)
    return "\n".join(lines)


def _instruction(step: Step) -> str:
    return f"{step.text[0].upper()}{step.text[1:]}." if step.by_hand else f"`{step.command}`"


def _fact(name: str, value: object) -> list[str]:
    title = name.replace("_", " ")
    if isinstance(value, Unknown):
        return [f"{title}: not known: {value.reason}"]
    if is_dataclass(value):
        return [f"{title}:", *(line for field, each in vars(value).items() for line in _field(f"  {field}", each))]
    return _field(title, value)


def _field(name: str, value: object) -> list[str]:
    """Write a field in one line, or one line an item where the items are values or sentences themselves."""
    title = name.replace("_", " ")
    if isinstance(value, tuple) and any(is_dataclass(each) or " " in str(each) for each in value):
        indent = " " * (len(name) - len(name.lstrip()))
        cut = [f"{indent}  ({len(value) - _MOST_ITEMS} earlier ones left out)"] if len(value) > _MOST_ITEMS else []
        return [f"{title}:", *cut, *(f"{indent}  - {_brief(each)}" for each in value[-_MOST_ITEMS:])]
    return [f"{title}: {_brief(value)}"]


_MOST_ITEMS = 40


def _brief(value: object) -> str:
    if isinstance(value, bool):
        text = "yes" if value else "no"
    elif is_dataclass(value):
        text = ", ".join(f"{field} {_brief(each)}" for field, each in vars(value).items() if each not in _NOTHING)
    elif isinstance(value, dict):
        text = ", ".join(f"{key}={_brief(each)}" for key, each in value.items())
    elif isinstance(value, tuple) and len(value) == 2 and all(isinstance(each, int) for each in value):
        text = f"{value[0]}.{value[1]}"
    elif isinstance(value, tuple | frozenset):
        text = " ".join(sorted(map(_brief, value)) if isinstance(value, frozenset) else map(_brief, value))
    else:
        text = "" if value is None else " | ".join(str(value).splitlines())
    return (text or "none") if len(text) <= _MOST_CHARACTERS else f"{text[: _MOST_CHARACTERS - 3]}..."


_NOTHING = ("", None, (), -1)
_MOST_CHARACTERS = 600
