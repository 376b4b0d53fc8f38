"""Check every runtime."""

from sygaldry import runtimes
from sygaldry.flows.runtime.choose import availability_of
from sygaldry.model.machine import Machine
from sygaldry.model.report import Json, Report
from sygaldry.runtimes import Availability


def runtimes_report(machine: Machine) -> Report:
    """Report each runtime with its version, or the reason why it fails and the command that fixes it."""
    found = {name: availability_of(name, machine) for name in runtimes.names()}
    data: dict[str, Json] = {name: _data(name, each) for name, each in found.items()}
    lines = tuple(line for name, each in found.items() for line in _lines(name, each))
    return Report({"runtimes": data}, lines)


def _data(name: str, each: Availability) -> Json:
    return {
        "works": each.works,
        "supported": each.works and runtimes.is_supported(name, each.version, rootless=each.rootless),
        "version": each.version,
        "rootless": each.rootless,
        "reason": each.reason,
        "remedy": each.remedy,
        "problems": [list(problem) for problem in each.problems],
    }


def _lines(name: str, each: Availability) -> tuple[str, ...]:
    if not each.works:
        return (f"{name:10} missing  {each.reason}", f"{'':10}          {each.remedy}")
    rootless = ", rootless" if each.rootless else ""
    problems = (
        line for problem in each.problems for line in (f"{'':10} warning  {problem[0]}", f"{'':20}{problem[1]}")
    )
    return (
        f"{name:10} works    {each.version}{rootless} ({runtimes.support(name, each.version, rootless=each.rootless)})",
        *problems,
    )
