"""What is wrong with the GPUs."""

from collections.abc import Callable
from typing import Final

from sygaldry.flows.gpu.diagnose import Request, gpu_diagnose
from sygaldry.mcp_server.place import Place, lines_of
from sygaldry.mcp_server.tool import Tool


def _make(place: Place) -> Callable[..., str]:
    del place

    def diagnose() -> str:
        """Diagnose the GPUs of this machine: the verdict, then at most three causes with evidence and fixes."""
        return lines_of(lambda: gpu_diagnose(Request()))

    return diagnose


TOOL: Final = Tool(_make, tokens=1000)
