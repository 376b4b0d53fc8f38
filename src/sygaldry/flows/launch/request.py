"""What a launch or a job was asked for."""

from __future__ import annotations

from sygaldry.model.value import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.config.resolve import Resolved


@dataclass(frozen=True)
class Request:
    """What was asked for: the settings, the workspace, the command and how it is connected."""

    resolved: Resolved
    workspace: str
    command: tuple[str, ...] = ()
    interactive: bool = False
    terminal: bool = False
