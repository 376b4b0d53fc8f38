"""See to it that the image is there before a container needs it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from sygaldry.config.resolve import Resolved
    from sygaldry.flows.launch import Plan, Request
    from sygaldry.model.machine import Machine


def with_image(
    request: Request, machine: Machine, planned: Callable[[Resolved], Plan], tell: Callable[[str], None]
) -> Plan:
    """Return the plan of a launch whose image is there; the sandbox needs none."""
    del machine, tell
    return planned(request.resolved)
