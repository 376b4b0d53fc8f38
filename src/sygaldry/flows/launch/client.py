"""Become the client of an engine, whose container is removed however the client ends."""

from __future__ import annotations

import os
import sys

from sygaldry import runtimes
from sygaldry.flows.launch.workspace import LAUNCH_LABEL
from sygaldry.model.command import Command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.flows.launch.plan import Plan


def become_client(plan: Plan, lock: int | None) -> None:
    """Replace this process with the engine's client, which handles terminals and signals at no extra cost."""
    from sygaldry.host.container_reaper import remove_container_on_exit
    from sygaldry.host.run import replace_process

    if lock is not None:
        os.set_inheritable(lock, True)
    remove_container_on_exit(*_removal(plan))
    sys.stdout.flush()
    replace_process(plan.start)


def _removal(plan: Plan) -> tuple[Command, Command | None]:
    """Return how a container that its client left behind is removed: by its name, or by our label if a caller named it.

    The engine may have refused the name because another container has it, which must stay.
    """
    remove = runtimes.get(plan.runtime.name).remove
    mark = plan.workspace.labels.get(LAUNCH_LABEL)
    if mark is None:
        return Command(remove(plan.workspace.name)), None
    # The name is the last word of the command, and the ids take its place.
    find = (plan.runtime.name, "ps", "--all", "--quiet", "--filter", f"label={LAUNCH_LABEL}={mark}")
    return Command(remove("")[:-1]), Command(find)
