"""Run a short command in the environment."""

from collections.abc import Callable
from typing import Final

from sygaldry.mcp_server.place import Place
from sygaldry.mcp_server.tool import Tool

_MOST_S: Final = 50


def _make(place: Place) -> Callable[..., str]:
    def run(command: str, timeout_s: int = 50) -> str:
        """Run a shell command inside the environment and return its output and exit code; it ends after 50 s at most.

        For anything longer use run_job.
        """
        limit = min(max(timeout_s, 1), _MOST_S)
        words = ("timeout", "--kill-after=5", str(limit), "bash", "-lc", command)
        done = place.run("launch", "--quiet", "--", *words, timeout_s=limit + 8)
        return f"{done.out}{done.err}".rstrip() + f"\n[exit code {done.returncode}]"

    return run


TOOL: Final = Tool(_make, tokens=4000, changes=True, is_repeatable=False, is_open=True)
