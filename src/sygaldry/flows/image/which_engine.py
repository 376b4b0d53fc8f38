"""The engine whose images a command works on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sygaldry import runtimes
from sygaldry.flows.runtime.choose import availability_of
from sygaldry.model.errors import RuntimeMissingError, UsageError

if TYPE_CHECKING:
    from sygaldry.config.resolve import Resolved
    from sygaldry.model.machine import Machine


def engine_name(resolved: Resolved, machine: Machine) -> str:
    """Return the engine of the requested runtime, else the first that works. Raises UsageError."""
    requested = resolved.settings.runtime
    if requested != "auto" and not runtimes.get(requested).builds:
        raise UsageError(
            f"{requested} does not use an image that Sygaldry builds", hint="build with --runtime docker or podman"
        )
    candidates = [name for name in runtimes.names() if runtimes.get(name).builds and requested in ("auto", name)]
    reasons = []
    for name in candidates:
        availability = availability_of(name, machine)
        if availability.works:
            return runtimes.get(name).builds
        reasons.append((f"{name} cannot run here: {availability.reason}", availability.remedy))
    raise RuntimeMissingError("; ".join(problem for problem, _ in reasons), hint=reasons[0][1])
