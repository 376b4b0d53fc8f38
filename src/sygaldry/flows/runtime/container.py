"""Ask an engine what became of a job's container, and remove what nobody is left to remove."""

import json
import time
from typing import Any, Final

from sygaldry import runtimes
from sygaldry.host.files import read_if_there
from sygaldry.host.run import run
from sygaldry.jobs import events
from sygaldry.jobs.paths import Names
from sygaldry.jobs.state import GONE
from sygaldry.model.command import Command
from sygaldry.model.errors import StorageError

_PATIENCE_S: Final = 20
_PAUSES_S: Final = (0.2, 0.5, 1.0, 2.0)
_ABSENT: Final = ("no such", "no container with name")


def ask_engine(names: Names, chosen: events.Event) -> tuple[dict[str, Any] | None, str]:
    """Return what an engine says of a run's container, or why it says nothing; a run without one has neither."""
    runtime, container = container_of(chosen)
    if kept := _kept(names):
        return kept, ""
    if not container:
        return None, ""
    asked = run(Command((runtime, "inspect", "--format", "{{json .State}}", container), timeout_s=_PATIENCE_S))
    if not asked.ok:
        gone = any(word in asked.err.lower() for word in _ABSENT)
        return (dict(GONE), "") if gone else (None, asked.last_line or "no answer")
    try:
        state = json.loads(asked.out)
    except ValueError:
        return None, "its answer cannot be read"
    return (state, "") if isinstance(state, dict) else (None, "its answer cannot be read")


def unasked(names: Names, chosen: events.Event) -> tuple[dict[str, Any] | None, str]:
    """Return what was kept of an engine's words, and that it stays silent where only it could tell."""
    kept = _kept(names)
    return kept, "it was silent for another run" if kept is None and container_of(chosen)[1] else ""


def container_of(chosen: events.Event) -> tuple[str, str]:
    """Return the engine and the name of a run's container; empty where no engine has one."""
    runtime, container = str(chosen.get("runtime", "")), str(chosen.get("container", ""))
    known = bool(container) and runtime in runtimes.names() and not runtimes.get(runtime).attended
    return (runtime, container) if known else ("", "")


def remove_container(chosen: events.Event) -> bool:
    """Remove a run's container if there is one; False where its engine does not.

    Podman refuses now and then, while the process that cleans up after a container is at work on it.
    """
    runtime, container = container_of(chosen)
    if not container:
        return True
    command = Command(runtimes.get(runtime).remove(container), timeout_s=3 * _PATIENCE_S)
    done = run(command)
    for pause in _PAUSES_S:
        if done.ok or any(word in done.err.lower() for word in (*_ABSENT, "already in progress")):
            return True
        time.sleep(pause)
        done = run(command)
    return done.ok


def _kept(names: Names) -> dict[str, Any] | None:
    """Return what the runner has kept of the engine's words."""
    try:
        kept = json.loads(read_if_there(names.engine) or "null")
    except (StorageError, ValueError):
        return None
    return kept if isinstance(kept, dict) else None
