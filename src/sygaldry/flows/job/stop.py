"""Stop a job: every process of it is gone when this returns."""

import contextlib
import json
import os

from sygaldry.flows.job.lookup import look, names_of
from sygaldry.flows.job.runner.final_state import settle
from sygaldry.flows.job.status import facts, line
from sygaldry.flows.job.wait import settled
from sygaldry.flows.runtime.container import container_of, remove_container
from sygaldry.jobs import events
from sygaldry.jobs.paths import Names
from sygaldry.model.errors import CommandFailedError
from sygaldry.model.report import Report
from sygaldry.supervisor.ledger import now, replace

_MARGIN_S = 20.0


def job_stop(folder: str, job: str, run: str = "") -> Report:
    """Ask the supervisor, which ends the whole tree; what has ended already is left as it is."""
    names = names_of(folder, job, run)
    seen = look(names)
    if seen.truth.state.final:
        data = facts(seen)
        return Report(data, (line(seen, data),), (f"job {job} had ended already",))
    replace(names.stop, json.dumps({"ts": now(), "uid": os.getuid(), "pid": os.getpid()}))
    _wake(names)
    ended = settled(names, _grace(names) + _MARGIN_S) and look(names).truth.state.final
    if not ended and not _forced(names, seen.submitted):
        raise CommandFailedError(
            f"job {job} has not ended yet", hint=f"look again: sygaldry job status --job {job}; is the machine busy?"
        )
    seen = look(names)
    settle(seen)
    data = facts(seen)
    return Report(data, (line(seen, data),))


def _wake(names: Names) -> None:
    """Poke the supervisor; without a reader the stop file alone says it, on the next tick."""
    with contextlib.suppress(OSError):
        descriptor = os.open(names.control, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            os.write(descriptor, b"stop\n")
        finally:
            os.close(descriptor)


def _grace(names: Names) -> float:
    try:
        with open(names.spec, encoding="utf-8") as file:
            return float(json.load(file).get("grace_s", 10))
    except (OSError, ValueError, TypeError):
        return 10.0


def _forced(names: Names, submitted: events.Event) -> bool:
    """End the container from outside, where there is one."""
    _, container = container_of(submitted)
    return bool(container) and remove_container(submitted) and settled(names, _MARGIN_S)
