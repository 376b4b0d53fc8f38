"""Whether the machine is ready."""

from collections.abc import Callable
from typing import Final

from sygaldry.flows.doctor import doctor
from sygaldry.host.machine import this_machine
from sygaldry.mcp_server.place import Place, lines_of
from sygaldry.mcp_server.tool import Tool
from sygaldry.model.report import Report


def _make(place: Place) -> Callable[..., str]:
    def check() -> str:
        """What is missing on this machine, with the commands that fix it; what is fine is left out."""

        def ask() -> Report:
            report = doctor(place.resolved, place.workspace, this_machine(place.resolved.settings.rootfs))
            kept = tuple(line for line in report.lines if not line.startswith(("ok ", "- ")))
            return Report(report.data, kept)

        return lines_of(ask)

    return check


TOOL: Final = Tool(_make, tokens=1000)
