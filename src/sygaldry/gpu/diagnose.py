"""Run every check, keep the root causes, and give one verdict on the GPUs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from sygaldry.gpu.checks import Check, Evidence, Severity, Step
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.probes import nvml
from sygaldry.gpu.unknown import CouldNotCheckError, NotApplicableError, Unknown
from sygaldry.model.finding import Verdict
from sygaldry.model.report import Json


@dataclass(frozen=True)
class Finding:
    """What one check found; `because_of` names the root cause it merely follows from."""

    check: Check
    verdict: Verdict
    evidence: str = ""
    steps: tuple[Step, ...] = ()
    because_of: str = ""

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
            "severity": str(self.check.severity),
            "because_of": self.because_of or None,
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
    """The verdict on the GPUs, with the exit code of each."""

    USABLE = "usable"
    WARNINGS = "usable with warnings"
    UNUSABLE = "not usable"
    NO_HARDWARE = "no NVIDIA hardware"
    UNDETERMINED = "could not be determined"

    @property
    def exit_code(self) -> int:
        return tuple(State).index(self)


@dataclass(frozen=True)
class Diagnosis:
    """The verdict and everything found, root causes first, the worst before the mild."""

    state: State
    findings: tuple[Finding, ...]
    reason: str = ""

    @property
    def roots(self) -> tuple[Finding, ...]:
        """The troubles that follow from nothing else; what is mere information is left out."""
        return tuple(
            each
            for each in self.findings
            if each.is_trouble and not each.because_of and each.check.severity is not Severity.INFO
        )

    @property
    def notes(self) -> tuple[Finding, ...]:
        """Information that needs no fix."""
        return tuple(each for each in self.findings if each.is_trouble and each.check.severity is Severity.INFO)

    @property
    def hidden(self) -> tuple[Finding, ...]:
        """What follows from a root cause."""
        return tuple(each for each in self.findings if each.is_trouble and each.because_of)

    @property
    def unchecked(self) -> tuple[Finding, ...]:
        """What could not be looked at."""
        return tuple(each for each in self.findings if each.verdict is Verdict.UNKNOWN)


def diagnose(facts: Facts, checks: Iterable[Check]) -> Diagnosis:
    """Run every check on its own; one that lacks evidence says so and stops no other."""
    if not facts.has_hardware and not facts.messages:
        return _without_hardware(facts)
    findings = _rooted(tuple(_asked(check, facts) for check in checks))
    ordered = sorted(findings, key=lambda each: (_RANK[each.verdict], tuple(Severity).index(each.check.severity)))
    return Diagnosis(*_state(facts, tuple(ordered)))


_RANK = {verdict: rank for rank, verdict in enumerate(
    (Verdict.PROBLEM, Verdict.WARNING, Verdict.UNKNOWN, Verdict.OK, Verdict.NOT_APPLICABLE)
)}  # fmt: skip


def _without_hardware(facts: Facts) -> Diagnosis:
    if isinstance(facts.pci, Unknown):
        return Diagnosis(State.UNDETERMINED, (), f"the PCI bus could not be read: {facts.pci.reason}")
    return Diagnosis(State.NO_HARDWARE, (), "no NVIDIA GPU on the PCI bus, none in /dev, and this is not WSL")


def _asked(check: Check, facts: Facts) -> Finding:
    line = check.find_in(facts.messages)
    if line:
        return _trouble(check, Evidence(f"printed: {line}"))
    if check.judge is None:
        reason = "no output of an engine or a framework says so" if facts.messages else "needs --log with such output"
        return Finding(check, Verdict.NOT_APPLICABLE, reason)
    try:
        found = check.judge(facts)
    except CouldNotCheckError as error:
        return Finding(check, Verdict.UNKNOWN, str(error))
    except NotApplicableError as error:
        return Finding(check, Verdict.NOT_APPLICABLE, str(error))
    return Finding(check, Verdict.OK) if found is None else _trouble(check, found)


def _trouble(check: Check, found: Evidence) -> Finding:
    verdict = Verdict.PROBLEM if check.severity is Severity.BLOCKS else Verdict.WARNING
    return Finding(check, verdict, found.text, found.steps or check.steps)


def _rooted(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Mark what follows from something else; of two that claim each other the first by id is the root."""
    troubles = [each for each in findings if each.is_trouble]
    causes = {each.check.id: _cause(each, troubles) for each in troubles}
    return tuple(
        Finding(each.check, each.verdict, each.evidence, each.steps, causes[each.check.id]) if each.is_trouble else each
        for each in findings
    )


def _cause(finding: Finding, troubles: list[Finding]) -> str:
    for other in troubles:
        mutual = _hides(finding, other) and finding.check.id < other.check.id
        if other is not finding and _hides(other, finding) and not mutual:
            return other.check.id
    return ""


def _hides(cause: Finding, effect: Finding) -> bool:
    return any(fnmatchcase(effect.check.id, pattern) for pattern in cause.check.hides)


def _state(facts: Facts, findings: tuple[Finding, ...]) -> tuple[State, tuple[Finding, ...], str]:
    verdicts = {each.verdict for each in findings if not each.because_of and each.check.severity is not Severity.INFO}
    if Verdict.PROBLEM in verdicts:
        return State.UNUSABLE, findings, ""
    reason = _unproven(facts)
    if reason:
        return State.UNDETERMINED, findings, reason
    return State.WARNINGS if Verdict.WARNING in verdicts else State.USABLE, findings, ""


def _unproven(facts: Facts) -> str:
    """Say why nothing proves that the driver works; empty if NVML or nvidia-smi showed a GPU."""
    if not facts.has_hardware:
        return ""
    if not isinstance(facts.nvml, Unknown):
        if facts.nvml.code != nvml.OK:
            return f"NVML answers {facts.nvml.code}, and no check knows why"
        return "" if facts.nvml.gpus else "NVML works but shows no GPU"
    if not isinstance(facts.smi, Unknown) and facts.smi is not None and not facts.smi.failure:
        return "" if facts.smi.gpus else "nvidia-smi works but listed no GPU"
    return facts.nvml.reason
