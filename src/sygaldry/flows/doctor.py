"""Is this machine ready, what is missing, what to type?"""

from collections.abc import Callable

from sygaldry import checks, discovery, runtimes
from sygaldry.checks import Answer, Check, Probe
from sygaldry.config.resolve import Resolved
from sygaldry.flows.launch.readiness import planned_launch
from sygaldry.flows.runtime.choose import availability_of
from sygaldry.flows.storage.project import find_storage
from sygaldry.flows.storage.shared import shared_storage
from sygaldry.host.disk import free_and_size
from sygaldry.host.probe import ask
from sygaldry.layout import layout
from sygaldry.model.errors import SygaldryError
from sygaldry.model.exit_codes import NOT_READY
from sygaldry.model.finding import Finding, Verdict
from sygaldry.model.machine import Machine
from sygaldry.model.report import Json, Report
from sygaldry.model.sizes import human
from sygaldry.runtimes import Availability

# The stack with its build trees: 257 packages, of which LLVM, PyTorch and jaxlib are the largest.
_ROOM_FOR_THE_STACK = 100 * 2**30

_MARKS = {
    Verdict.OK: "ok",
    Verdict.WARNING: "warning",
    Verdict.PROBLEM: "PROBLEM",
    Verdict.UNKNOWN: "unknown",
    Verdict.NOT_APPLICABLE: "-",
}
_STATES = {
    "ok": "good",
    "ready": "good",
    "warning": "warning",
    "PROBLEM": "bad",
    "not ready": "bad",
    "unknown": "unknown",
}


def doctor(resolved: Resolved, workspace: str, machine: Machine, *, put: Callable[[Probe], Answer] = ask) -> Report:
    """Report every finding; the exit code is 4 if the environment cannot be launched here."""
    findings = {
        **_runtimes(machine),
        "launch": planned_launch(resolved, workspace, machine),
        "storage": _storage(resolved, workspace),
        **_trust(resolved),
        **_checks(put),
    }
    if findings["slurm"].verdict is not Verdict.NOT_APPLICABLE:
        findings["shared-storage"] = shared_storage(resolved, workspace)
    ready = not any(each.verdict is Verdict.PROBLEM for each in findings.values())
    closing = f"ready: {layout().launcher(workspace)}" if ready else "not ready: fix the items marked PROBLEM"
    lines = tuple(line for name, each in findings.items() for line in _lines(name, each))
    data: dict[str, Json] = {name: _data(each) for name, each in findings.items()}
    exit_code = 0 if ready else NOT_READY
    return Report({"ready": ready, "findings": data}, (*lines, closing), exit_code=exit_code, states=_STATES)


def _runtimes(machine: Machine) -> dict[str, Finding]:
    """One runtime is enough, so that the absence of another is no problem."""
    found = {name: availability_of(name, machine) for name in runtimes.names()}
    missing = Verdict.WARNING if any(each.works for each in found.values()) else Verdict.PROBLEM
    return {name: _runtime(name, each, missing) for name, each in found.items()}


def _runtime(name: str, each: Availability, missing: Verdict) -> Finding:
    if not each.works:
        return Finding(missing, each.reason, each.remedy)
    if each.problems:
        summary = "; ".join(problem for problem, _ in each.problems)
        return Finding(Verdict.WARNING, f"works ({each.version}), but {summary}", each.problems[0][1])
    return Finding(
        Verdict.OK, f"works ({each.version}; {runtimes.support(name, each.version, rootless=each.rootless)})"
    )


def _trust(resolved: Resolved) -> dict[str, Finding]:
    """A launch stops while the project file or its devcontainer.json waits for consent."""
    file = resolved.devcontainer
    waiting = file.wants if file is not None and not file.accepted and not file.is_foreign else ()
    wanted = ", ".join((*resolved.pending, *waiting))
    if not wanted:
        return {}
    return {"trust": Finding(Verdict.PROBLEM, f"the workspace asks for {wanted}", "sygaldry trust")}


def _storage(resolved: Resolved, workspace: str) -> Finding:
    try:
        found = find_storage(resolved, workspace)
    except SygaldryError as error:
        return Finding(Verdict.PROBLEM, error.problem, error.hint)
    free, _ = free_and_size(found.storage.at())
    where = f"{human(free)} free under {found.storage.root}"
    if free >= _ROOM_FOR_THE_STACK:
        return Finding(Verdict.OK, where)
    remedy = "enough to work; for building the stack choose a larger disk: SYGALDRY_STORAGE_ROOT=/some/folder"
    return Finding(Verdict.WARNING, where, remedy)


def _checks(put: Callable[[Probe], Answer]) -> dict[str, Finding]:
    every: dict[str, Check] = discovery.every(checks, "CHECK")
    return {name: check.finding(tuple(put(probe) for probe in check.asks)) for name, check in every.items()}


def _lines(name: str, each: Finding) -> tuple[str, ...]:
    first = f"{_MARKS[each.verdict]:8} {name:16} {each.summary}"
    return (first, f"{'':25} {each.remedy}") if each.remedy and each.verdict is not Verdict.OK else (first,)


def _data(each: Finding) -> Json:
    return {"verdict": each.verdict.value, "summary": each.summary, "remedy": each.remedy, "evidence": each.evidence}
