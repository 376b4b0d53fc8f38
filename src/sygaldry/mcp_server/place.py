"""What every tool needs: the project that the server was started for, and how it runs Sygaldry's own commands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sygaldry.dashboard.actions import own_program
from sygaldry.flows.job.lookup import jobs_folder
from sygaldry.flows.storage.project import find_storage
from sygaldry.host.run_with_timeout import run_with_timeout
from sygaldry.mcp_server.failure import ToolFailedError
from sygaldry.model.command import Command
from sygaldry.model.errors import SygaldryError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sygaldry.config.resolve import Resolved
    from sygaldry.model.command import Completed
    from sygaldry.model.report import Report

_STARTS_S: Final = 55.0


@dataclass(frozen=True)
class Place:
    """One project and its workspace."""

    resolved: Resolved
    workspace: str

    @property
    def jobs(self) -> str:
        """The folder of the project's jobs."""
        return jobs_folder(self.resolved, self.workspace)

    def run(self, *words: str, timeout_s: float = _STARTS_S) -> Completed:
        """Run a verb for this project; what it starts does not belong to this server."""
        storage = find_storage(self.resolved, self.workspace).storage
        # Options end at the verb's own words, so the place comes after the verb.
        verb = 2 if words[0] == "job" else 1
        place = ("--storage-root", storage.root, "--project-id", storage.project, "--workspace", self.workspace)
        argv = (*own_program(), *words[:verb], *place, *words[verb:])
        return run_with_timeout(Command(argv, timeout_s=timeout_s))


def lines_of(ask: Callable[[], Report]) -> str:
    """Return the lines of a report. Raises ToolFailedError with the error as the command line would print it."""
    try:
        return "\n".join(ask().lines)
    except SygaldryError as error:
        raise ToolFailedError(f"{error.problem}" + (f"\nhint: {error.hint}" if error.hint else "")) from error


def output_of(done: Completed) -> str:
    """Return what a verb printed. Raises ToolFailedError if it could not do its work."""
    text = done.out.strip() or done.err.strip() or f"exit code {done.returncode}"
    if done.returncode and not done.out.strip():
        raise ToolFailedError(text)
    return text
