"""Query an engine for the state of a job's container, and remove containers of finished jobs."""

import re
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
from sygaldry.model.json_text import parse_json

_PATIENCE_S: Final = 20
_MOST_STATE: Final = 1 << 20
_PAUSES_S: Final = (0.2, 0.5, 1.0, 2.0)
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")
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
        state = parse_json(asked.out)
    except ValueError:
        return None, "its answer is not valid JSON"
    return (state, "") if isinstance(state, dict) else (None, "its answer is not valid JSON")


def saved_engine_state(paths: RunFiles, chosen: events.Event) -> tuple[dict[str, Any] | None, str]:
    """Return the saved engine state, and an error if only the silent engine could know it."""
    saved = _saved_state(paths)
    return saved, "it did not answer for another run" if saved is None and container_of(chosen)[1] else ""


def container_of(chosen: events.Event) -> tuple[str, str]:
    """Return the engine and the name of a run's container; both are empty without one.

    The values may come from a ledger that a container could write, so they have to match a strict grammar.
    """
    runtime, container = str(chosen.get("runtime", "")), str(chosen.get("container", ""))
    is_name = _NAME.fullmatch(container) is not None
    known = is_name and runtime in runtimes.names() and not runtimes.get(runtime).foreground
    return (runtime, container) if known else ("", "")


def remove_container(paths: RunFiles, chosen: events.Event) -> bool:
    """Remove a run's container; returns False if the engine failed to remove it, or if it is not of this run.

    Only the engine's own labels prove that a container belongs to the run; its name alone proves nothing.
    Podman sometimes refuses while its own clean-up process still works on the container.
    """
    runtime, container = container_of(chosen)
    if not container:
        return True
    labels = _labels(runtime, container)
    if labels is None:
        return True  # there is no such container
    if not _belongs_to(paths, labels):
        return False
    command = Command(runtimes.get(runtime).remove(container), timeout_s=3 * _PATIENCE_S)
    done = run(command)
    for pause in _PAUSES_S:
        if done.ok or any(word in done.err.lower() for word in (*_ABSENT, "already in progress")):
            return True
        time.sleep(pause)
        done = run(command)
    return done.ok


def _belongs_to(paths: RunFiles, labels: dict[str, Any]) -> bool:
    expected = {"dev.sygaldry.kind": "job", "dev.sygaldry.job": paths.job, "dev.sygaldry.run": paths.run}
    return all(labels.get(name) == value for name, value in expected.items())


def _labels(runtime: str, container: str) -> dict[str, Any] | None:
    """Return the labels of a container, None if there is no such container, no labels if the engine is silent."""
    asked = run(
        Command(
            (runtime, "inspect", "--type", "container", "--format", "{{json .Config.Labels}}", container),
            timeout_s=_PATIENCE_S,
        )
    )
    if not asked.ok:
        return None if any(word in asked.err.lower() for word in _ABSENT) else {}
    try:
        labels = parse_json(asked.out)
    except (ValueError, RecursionError):
        return {}
    return labels if isinstance(labels, dict) else {}


def _saved_state(paths: RunFiles) -> dict[str, Any] | None:
    """Return the engine state that the runner saved."""
    try:
        saved = parse_json(read_if_there(paths.engine, _MOST_STATE, follow_links=False) or "null")
    except (StorageError, ValueError):
        return None
    return saved if isinstance(saved, dict) else None
