"""The request of a launch or a job."""

from __future__ import annotations

from sygaldry.model.value import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.config.resolve import Resolved


@dataclass(frozen=True)
class Request:
    """The input of a launch: the settings, the workspace, the command and its streams.

    `folder` is the caller's current folder; a command starts there if it is inside the workspace.
    """

    resolved: Resolved
    workspace: str
    command: tuple[str, ...] = ()
    interactive: bool = False
    terminal: bool = False
    build: bool = False
    retry_base: bool = False
    folder: str = ""
    recorded: str = ""  # a snapshot whose GPUs are judged instead of this machine's; for dry runs
