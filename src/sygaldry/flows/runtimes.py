"""Check every runtime."""

from sygaldry import runtimes
from sygaldry.flows.runtime.choose import availability_of
from sygaldry.model.machine import Machine
from sygaldry.model.report import Json, Report
from sygaldry.runtimes import Availability


def runtimes_report(machine: Machine) -> Report:
    """Report each runtime with its version, or the reason why it fails and the command that fixes it."""
    found = {name: availability_of(name, machine) for name in runtimes.names()}
    data: dict[str, Json] = {name: _data(each) for name, each in found.items()}
    lines = tuple(line for name, each in found.items() for line in _lines(name, each))
    return Report({"runtimes": data}, lines)


def _data(each: Availability) -> Json:
    return {"works": each.works, "version": each.version, "reason": each.reason, "remedy": each.remedy}


def _lines(name: str, each: Availability) -> tuple[str, ...]:
    if each.works:
        return (f"{name:10} works    {each.version}",)
    return (f"{name:10} missing  {each.reason}", f"{'':10}          {each.remedy}")
