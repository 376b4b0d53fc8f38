"""Whether a Spack environment is in sync."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from sygaldry.flows.env.status import env_status
from sygaldry.mcp_server.place import Place, lines_of
from sygaldry.mcp_server.tool import Tool


def _make(place: Place) -> Callable[..., str]:
    def status(environment: str = "") -> str:
        """Whether source, lock and store of a Spack environment belong together; each part with its next command."""
        return lines_of(lambda: env_status(environment, place.resolved, Path(place.workspace)))

    return status


TOOL: Final = Tool(_make, tokens=600)
