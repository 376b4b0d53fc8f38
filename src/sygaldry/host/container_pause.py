"""Freeze every process of a container while its launch is stopped, as a shell stops a whole pipeline."""

from __future__ import annotations

from sygaldry.host.run import run
from sygaldry.host.signal_delivery import read_state

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.host.signal_delivery import ContainerControl


def pause_container(control: ContainerControl) -> str:
    """Pause the container of a launch and return its id; empty if it does not run, or the engine cannot pause it."""
    if control.pause is None:
        return ""
    state = read_state(run(control.state).out, control.mark)
    if state.status != "running":
        return ""
    return state.id if run(control.pause(state.id)).ok else ""


def unpause_container(control: ContainerControl, container: str) -> bool:
    """Continue a container that was paused; returns whether the engine did."""
    return control.unpause is not None and run(control.unpause(container)).ok
