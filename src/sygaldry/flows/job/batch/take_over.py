"""Begin a further start of a run: its predecessor ends itself or is long silent, and neither writes over the other."""

import json
import os
import time
from typing import Any, Final

from sygaldry import schedulers
from sygaldry.flows.job.record import append_record, read_request
from sygaldry.flows.job.scheduled.ask import heartbeat_age
from sygaldry.flows.job.scheduled.record import ScheduledRun
from sygaldry.host import files
from sygaldry.host.boot import boot_id
from sygaldry.host.locks import is_held
from sygaldry.host.run import run
from sygaldry.jobs import events
from sygaldry.jobs.paths import RunFiles
from sygaldry.model.errors import UsageError
from sygaldry.supervisor.heartbeat import HEARTBEAT_S
from sygaldry.supervisor.lease import take_lease
from sygaldry.supervisor.ledger import last_attempt

_TICK_S: Final = 0.5
_BEATS: Final = 2


def take_over(paths: RunFiles, record: ScheduledRun, start: int) -> None:
    """Take the lease, wait until the predecessor is gone, and prepare the next attempt. Raises UsageError."""
    if not take_lease(paths, start):
        raise UsageError(f"a newer start of run {paths.run} of job {paths.job} has begun; this one came too late")
    if record.limits.retries and start >= record.limits.retries and not record.options.get("requeue"):
        # The last one that was asked for: the next node failure is an end, which the scheduler then reports.
        run(schedulers.get(record.scheduler).keep_ended(os.environ))
    started = events.first(paths.events, "started")
    delay_s = float(str(record.settings.get("shared_delay", "60")))
    _wait_for_silence(paths, delay_s, str(started.get("boot_id", "")))
    attempt = last_attempt(paths) + 1 if started else 1
    node = os.environ.get("SLURMD_NODENAME", "")
    facts: dict[str, Any] = {"start": start, "attempt": attempt, "host": os.uname().nodename, "node": node}
    append_record(paths, "requeued", facts)
    events.Events(paths.events).append("requeued", 0, **facts)
    files.replace(paths.spec, json.dumps({**read_request(paths), "first_attempt": attempt}))


def _wait_for_silence(paths: RunFiles, delay_s: float, predecessor: str) -> None:
    """Wait until the predecessor is gone: by its locks where they can be seen, else by the silence of its files.

    It looks for a newer lease every second, and a file system may show it the lease only after `delay_s`.
    """
    sees_locks = predecessor == boot_id()
    while True:
        held = is_held(paths.supervisor_lock) or is_held(paths.run_lock(last_attempt(paths)))
        sees_locks = sees_locks or held
        if not held and (sees_locks or heartbeat_age(paths) > _BEATS * HEARTBEAT_S + delay_s):
            return
        time.sleep(_TICK_S)
