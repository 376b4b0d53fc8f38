"""Query an engine for the state of a job's container, and remove containers of finished jobs."""

import json
import time
from typing import Any, Final

from sygaldry import runtimes
from sygaldry.host.files import read_if_there
from sygaldry.host.run import run
from sygaldry.jobs import events
from sygaldry.jobs.paths import RunFiles
from sygaldry.jobs.state import GONE
from sygaldry.model.command import Command
from sygaldry.model.errors import StorageError

_PATIENCE_S: Final = 20
_PAUSES_S: Final = (0.2, 0.5, 1.0, 2.0)
_ABSENT: Final = ("no such", "no container with name")


def ask_engine(paths: RunFiles, chosen: events.Event) -> tuple[dict[str, Any] | None, str]:
    """Return the engine's state of a run's container, or why there is none; both are empty without a container."""
    runtime, container = container_of(chosen)
    if saved := _saved_state(paths):
        return saved, ""
    if not container:
        return None, ""
    asked = run(Command((runtime, "inspect", "--format", "{{json .State}}", container), timeout_s=_PATIENCE_S))
    if not asked.ok:
        gone = any(word in asked.err.lower() for word in _ABSENT)
        return (dict(GONE), "") if gone else (None, asked.last_line or "no answer")
    try:
        state = json.loads(asked.out)
    except ValueError:
        return None, "its answer is not valid JSON"
    return (state, "") if isinstance(state, dict) else (None, "its answer is not valid JSON")


def saved_engine_state(paths: RunFiles, chosen: events.Event) -> tuple[dict[str, Any] | None, str]:
    """Return the saved engine state, and an error if only the silent engine could know it."""
    saved = _saved_state(paths)
    return saved, "it did not answer for another run" if saved is None and container_of(chosen)[1] else ""


def container_of(chosen: events.Event) -> tuple[str, str]:
    """Return the engine and the name of a run's container; both are empty without one."""
    runtime, container = str(chosen.get("runtime", "")), str(chosen.get("container", ""))
    known = bool(container) and runtime in runtimes.names() and not runtimes.get(runtime).foreground
    return (runtime, container) if known else ("", "")


def remove_container(chosen: events.Event) -> bool:
    """Remove a run's container; returns False if the engine failed to remove it.

    Podman sometimes refuses while its own clean-up process still works on the container.
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


def _saved_state(paths: RunFiles) -> dict[str, Any] | None:
    """Return the engine state that the runner saved."""
    try:
        saved = json.loads(read_if_there(paths.engine) or "null")
    except (StorageError, ValueError):
        return None
    return saved if isinstance(saved, dict) else None
