"""Start a job."""

from collections.abc import Callable
from typing import Final

from sygaldry.mcp_server.place import Place, output_of
from sygaldry.mcp_server.tool import Tool

_MOST_WAIT_S: Final = 45


def _make(place: Place) -> Callable[..., str]:
    def run(job: str, command: str, timeout: str = "", wait_s: int = 0) -> str:
        """Run a shell command as a durable job and return at once; `timeout` such as 2h ends it. `wait_s` up to 45
        answers with the end if it comes in time. It runs inside the environment: the workspace is /workspace.
        """  # noqa: D205 - one paragraph for agents
        limit = ("--timeout", timeout) if timeout else ()
        wait = ("--wait", str(min(wait_s, _MOST_WAIT_S))) if wait_s > 0 else ()
        return output_of(place.run("job", "run", "--job", job, *limit, *wait, "--", command))

    return run


TOOL: Final = Tool(_make, tokens=300, changes=True, is_repeatable=False, is_open=True)
