"""Run the client of an engine for a launch."""

from __future__ import annotations

import os
import sys

from sygaldry import runtimes
from sygaldry.model.command import Command
from sygaldry.model.workspace import LAUNCH_LABEL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from sygaldry.flows.launch.plan import Plan
    from sygaldry.host.signal_delivery import ContainerControl

_ANSWER_S = 30.0


def run_engine_client(plan: Plan, lock: int | None) -> int:
    """Run the engine's client, which handles streams and terminals; signals are ours to deliver."""
    from sygaldry.host.engine_client import run_client

    if lock is not None:
        os.set_inheritable(lock, True)
    sys.stdout.flush()
    return run_client(plan.start, _control(plan), terminal=plan.workspace.terminal)


def _control(plan: Plan) -> ContainerControl:
    """Return how the container is inspected, signalled and removed: by its name, or by our label if a caller named it.

    The engine may have refused the name because another container has it, which must stay.
    """
    from sygaldry.host.signal_delivery import ContainerControl

    runtime = runtimes.get(plan.runtime.name)
    name, mark = plan.workspace.name, plan.workspace.labels.get(LAUNCH_LABEL, "")
    state = Command(runtime.state(name), timeout_s=_ANSWER_S)

    def kill(container: str, number: int) -> Command:
        return Command(runtime.kill(container, number), timeout_s=_ANSWER_S)

    pause, unpause = _verb(plan.runtime.name, "pause"), _verb(plan.runtime.name, "unpause")
    if not mark:
        return ContainerControl(state, kill, Command(runtime.remove(name)), pause=pause, unpause=unpause)
    # The name is the last word of the command, and the ids take its place.
    find = (plan.runtime.name, "ps", "--all", "--quiet", "--filter", f"label={LAUNCH_LABEL}={mark}")
    return ContainerControl(state, kill, Command(runtime.remove("")[:-1]), Command(find), mark, (), pause, unpause)


def _verb(engine: str, verb: str) -> Callable[[str], Command]:
    return lambda container: Command((engine, verb, container), timeout_s=_ANSWER_S)
