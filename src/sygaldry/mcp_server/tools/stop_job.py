"""Stop a job."""

from collections.abc import Callable
from typing import Final

from sygaldry.mcp_server.place import Place, output_of
from sygaldry.mcp_server.tool import Tool


def _make(place: Place) -> Callable[..., str]:
    def stop(job: str) -> str:
        """End a job and all its processes; returns when they are gone."""
        return output_of(place.run("job", "stop", "--job", job))

    return stop


TOOL: Final = Tool(_make, tokens=200, destroys=True)
