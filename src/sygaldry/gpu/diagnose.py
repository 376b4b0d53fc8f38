"""Run every check, keep the root causes, and give one verdict on the GPUs.

Evidence outranks text: the recorded state decides among the causes that a printed message can have, the message only
narrows them. `usable` needs positive proof; what no check understands is a verdict of its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fnmatch import fnmatchcase

from sygaldry.gpu.checks import Check, Evidence, Severity, Step
from sygaldry.gpu.facts import Facts, read
from sygaldry.gpu.proof import missing_proof
from sygaldry.gpu.recording import Output, Recording
from sygaldry.gpu.unjudged import unjudged
from sygaldry.gpu.unknown import OUTSIDE_CONTAINER, CouldNotCheckError, NotApplicableError, Unknown
from sygaldry.model.finding import Verdict
from sygaldry.model.report import Json
from sygaldry.signatures import Match, find


@dataclass(frozen=True)
class Finding:
    """What one check found; `because_of` names the root cause that it merely follows from."""

    check: Check
    verdict: Verdict
    evidence: str = ""
    steps: tuple[Step, ...] = ()
    because_of: str = ""
    severity: Severity = Severity.BLOCKS
    alternatives: tuple[str, ...] = ()  # other causes that the printed text allows
    decided_by: str = ""  # the facts that would decide among them

    @property
    def is_trouble(self) -> bool:
        return self.verdict in (Verdict.PROBLEM, Verdict.WARNING)

    def data(self) -> dict[str, Json]:
        table: dict[str, Json] = {"id": self.check.id, "state": _STATES[self.verdict], "evidence": self.evidence}
        if not self.is_trouble:
            return table
        return {
            **table,
            "title": self.check.title,
            "severity": str(self.severity),
            "because_of": self.because_of or None,
            "alternatives": list(self.alternatives),
            "decided_by": self.decided_by,
            "fix": [{"step": step.command, "by_hand": step.by_hand} for step in self.steps],
            "root": any(step.root for step in self.steps),
            "reboot": str(self.check.reboot),
        }


_STATES: Mapping[Verdict, str] = {
    Verdict.OK: "ok",
    Verdict.WARNING: "problem",
    Verdict.PROBLEM: "problem",
    Verdict.UNKNOWN: "could not check",
    Verdict.NOT_APPLICABLE: "not applicable",
}


class State(StrEnum):
    """The verdict on the GPUs of a machine, or on a text alone."""

    USABLE = "usable"
    WARNINGS = "usable with warnings"
    UNUSABLE = "not usable"
    NO_HARDWARE = "no NVIDIA hardware"
    UNDETERMINED = "could not be determined"
    NOT_UNDERSTOOD = "not understood"
    RECOGNISED = "text recognised"
    NOT_RECOGNISED = "text not recognised"


_EXIT_CODES: Mapping[State, int] = {
    State.USABLE: 0,
    State.WARNINGS: 1,
    State.UNUSABLE: 2,
    State.NO_HARDWARE: 3,
    State.UNDETERMINED: 4,
    State.NOT_RECOGNISED: 4,
    State.NOT_UNDERSTOOD: 5,
}


@dataclass(frozen=True)
class Diagnosis:
    """The verdict and everything found, root causes first, the worst before the mild."""

    state: State
    findings: tuple[Finding, ...]
    reason: str = ""

    @property
    def exit_code(self) -> int:
        """Return the state's code; a recognised text has that of the fault which it names."""
        if self.state is not State.RECOGNISED:
            return _EXIT_CODES[self.state]
        grave = bool(self.roots) and self.roots[0].severity is Severity.BLOCKS
        return _EXIT_CODES[State.UNUSABLE if grave else State.WARNINGS]

    @property
    def roots(self) -> tuple[Finding, ...]:
        """The troubles that follow from nothing else; mere information is left out."""
        return tuple(
            each
            for each in self.findings
            if each.is_trouble and not each.because_of and each.severity is not Severity.INFO
        )

    @property
    def notes(self) -> tuple[Finding, ...]:
        """Information that needs no fix."""
        return tuple(each for each in self.findings if each.is_trouble and each.severity is Severity.INFO)

    @property
    def hidden(self) -> tuple[Finding, ...]:
        """What follows from a root cause."""
        return tuple(each for each in self.findings if each.is_trouble and each.because_of)

    @property
    def unchecked(self) -> tuple[Finding, ...]:
        """What lacked evidence."""
        return tuple(each for each in self.findings if each.verdict is Verdict.UNKNOWN)


def diagnose(facts: Facts, checks: Iterable[Check]) -> Diagnosis:
    """Judge a machine, together with the text that was printed on it."""
    checks = tuple(checks)
    matches = find(facts.messages)
    if not facts.has_hardware and not facts.messages.strip():
        return _without_hardware(facts)
    found = tuple(_asked(check, facts) for check in checks)
    findings = _rooted(_narrowed(found, matches, _logged_in_text(facts.messages, checks)))
    ordered = tuple(sorted(findings, key=_rank))
    state, reason = _state(facts, ordered, recognised=bool(matches))
    return Diagnosis(state, ordered, reason)


def judge_text(text: str, checks: Iterable[Check]) -> Diagnosis:
    """Judge a printed text apart from any machine: what it names, and which facts would decide."""
    checks = tuple(checks)
    logged = _rooted(_logged_in_text(text, checks))
    found = {each.check.id: replace(each, evidence=f"printed: {each.evidence}") for each in logged}
    for check, match in _named(text, checks, frozenset(found)):
        found.setdefault(check.id, _from_text(check, match))
    if not found:
        return Diagnosis(State.NOT_RECOGNISED, (), "no entry of the catalogue matches the text")
    return Diagnosis(State.RECOGNISED, tuple(found.values()))


def _named(text: str, checks: tuple[Check, ...], logged: frozenset[str]) -> list[tuple[Check, Match]]:
    """Return the causes that the text allows: the likeliest of each message first, the unambiguous before others."""
    by_id = {check.id: check for check in checks}
    ranked = [
        (place, len(match.signature.causes), check, match)
        for match in find(text)
        # Where the kernel's own message was read, a vaguer text about the same adds nothing.
        if not (logged & set(match.signature.causes) or (logged and match.signature.causes == (_ANY_XID,)))
        for place, check in enumerate(by_id[cause] for cause in match.signature.causes if cause in by_id)
    ]
    return [(check, match) for *_, check, match in sorted(ranked, key=lambda each: each[:2])]


_ANY_XID = "gpu.xid"


def _logged_in_text(text: str, checks: tuple[Check, ...]) -> tuple[Finding, ...]:
    """Judge kernel messages within a text as if they were the kernel's log."""
    if "NVRM" not in text and "SXid" not in text:
        return ()
    facts = read(Recording(commands={"dmesg": Output(0, text)}, probes=("kernel-log",)))
    found = (_asked(check, facts) for check in checks)
    return tuple(sorted((each for each in found if each.is_trouble), key=_rank))


def _rank(finding: Finding) -> tuple[int, int]:
    return _ORDER[finding.verdict], tuple(Severity).index(finding.severity)


_ORDER = {verdict: rank for rank, verdict in enumerate(
    (Verdict.PROBLEM, Verdict.WARNING, Verdict.UNKNOWN, Verdict.OK, Verdict.NOT_APPLICABLE)
)}  # fmt: skip


def _without_hardware(facts: Facts) -> Diagnosis:
    if isinstance(facts.pci, Unknown):
        return Diagnosis(State.UNDETERMINED, (), f"the PCI bus could not be read: {facts.pci.reason}")
    return Diagnosis(State.NO_HARDWARE, (), "no NVIDIA GPU on the PCI bus, none in /dev, and this is not WSL")


def _asked(check: Check, facts: Facts) -> Finding:
    """Run one check on its own; one that lacks evidence says so and stops no other."""
    if check.judge is None:
        return Finding(check, Verdict.NOT_APPLICABLE, "only a printed text shows it")
    try:
        found = check.judge(facts)
    except CouldNotCheckError as error:
        return Finding(check, Verdict.UNKNOWN, str(error))
    except NotApplicableError as error:
        return Finding(check, Verdict.NOT_APPLICABLE, str(error))
    return Finding(check, Verdict.OK) if found is None else _trouble(check, found)


def _trouble(check: Check, found: Evidence) -> Finding:
    severity = found.severity or check.severity
    verdict = Verdict.PROBLEM if severity is Severity.BLOCKS else Verdict.WARNING
    return Finding(check, verdict, found.text, found.steps or check.steps, severity=severity)


def _from_text(check: Check, match: Match) -> Finding:
    others = tuple(cause for cause in match.signature.causes if cause != check.id)
    finding = _trouble(check, Evidence(f"printed: {match.line}"))
    return replace(finding, alternatives=others, decided_by=match.signature.decided_by)


def _narrowed(
    findings: tuple[Finding, ...], matches: tuple[Match, ...], logged: tuple[Finding, ...]
) -> tuple[Finding, ...]:
    """Add what a text names, unless the machine's own evidence explains it."""
    by_id = {each.check.id: each for each in findings}
    for each in logged:
        if not by_id[each.check.id].is_trouble:
            by_id[each.check.id] = replace(each, evidence=f"printed: {each.evidence}")
    for match in matches:
        causes = [by_id[cause] for cause in match.signature.causes if cause in by_id]
        shown = next((each for each in causes if each.is_trouble), None)
        if shown is not None:
            by_id[shown.check.id] = _confirmed(shown, match)
        if not causes or shown is not None:
            continue
        chosen = next((each for each in causes if not _contradicted(each)), causes[0])
        by_id[chosen.check.id] = _from_text(chosen.check, match)
    return tuple(by_id.values())


def _confirmed(finding: Finding, match: Match) -> Finding:
    """Make a mere suspicion what its entry says, now that a failure was printed that fits it."""
    if finding.severity is not Severity.WARNING or finding.check.severity is Severity.WARNING:
        return finding
    raised = _trouble(finding.check, Evidence(f"{finding.evidence}; printed: {match.line}", finding.steps))
    return replace(raised, because_of=finding.because_of)


def _contradicted(finding: Finding) -> bool:
    """Whether the machine's own evidence speaks against a cause; a text may come from a container on it."""
    if finding.check.judge is None:
        return False
    outside = finding.evidence.startswith(OUTSIDE_CONTAINER)
    return finding.verdict is Verdict.OK or (finding.verdict is Verdict.NOT_APPLICABLE and not outside)


def _rooted(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Mark what follows from something else; of two that claim each other the first by id is the root."""
    troubles = [each for each in findings if each.is_trouble]
    causes = {each.check.id: _cause(each, troubles) for each in troubles}
    return tuple(replace(each, because_of=causes[each.check.id]) if each.is_trouble else each for each in findings)


def _cause(finding: Finding, troubles: list[Finding]) -> str:
    for other in troubles:
        mutual = _hides(finding, other) and finding.check.id < other.check.id
        if other is not finding and _hides(other, finding) and not mutual:
            return other.check.id
    return ""


def _hides(cause: Finding, effect: Finding) -> bool:
    # A mild case does not explain a grave one: one GPU that was not started is no reason why CUDA fails on another.
    graver = tuple(Severity).index(effect.severity) < tuple(Severity).index(cause.severity)
    return not graver and any(fnmatchcase(effect.check.id, pattern) for pattern in cause.check.hides)


def _state(facts: Facts, findings: tuple[Finding, ...], *, recognised: bool) -> tuple[State, str]:
    verdicts = {each.verdict for each in findings if not each.because_of and each.severity is not Severity.INFO}
    if Verdict.PROBLEM in verdicts:
        return State.UNUSABLE, ""
    unread = unjudged(facts) if facts.has_hardware else ()
    if unread:
        return State.NOT_UNDERSTOOD, f"no check understands {unread[0]}"
    reason = missing_proof(facts) if facts.has_hardware else ""
    if reason:
        return State.UNDETERMINED, reason
    if not recognised and _looks_like_failure(facts.messages):
        return State.NOT_UNDERSTOOD, "the machine shows no fault, and the text was not recognised"
    if not facts.has_hardware:
        return (State.WARNINGS, "") if Verdict.WARNING in verdicts else (State.UNDETERMINED, "nothing was recorded")
    return State.WARNINGS if Verdict.WARNING in verdicts else State.USABLE, ""


_FAILURES = ("error", "fail", "exception", "traceback", "denied", "cannot", "could not", "unable", "not found", "fatal")


def _looks_like_failure(text: str) -> bool:
    return any(word in text.lower() for word in _FAILURES)
