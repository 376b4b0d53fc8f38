"""The order of scheduled jobs: --after and --slots, as dependencies that need no administrator."""

from collections import Counter
from typing import Final

from sygaldry.flows.job.lookup import find_run, inspect_run
from sygaldry.flows.job.scheduled.record import load_record, records_in
from sygaldry.jobs.limits import Limits
from sygaldry.jobs.paths import RunFiles
from sygaldry.model.errors import UsageError
from sygaldry.model.job import State

_NO_CHAIN: Final = (-1, "")


def dependencies(paths: RunFiles, limits: Limits) -> tuple[str, ...]:
    """Return the scheduler ids that must succeed first. Raises UsageError for a job that can never succeed.

    A job that has ended is judged by its ledger: a scheduler treats an id that it has forgotten as a success.
    """
    ids = []
    for other in limits.after:
        snapshot = inspect_run(find_run(paths.folder, other))
        if snapshot.state is State.DONE:
            continue
        if snapshot.state.final:
            raise UsageError(f"--after {other}: that job ended as {snapshot.state}", hint=f"sygaldry job retry {other}")
        if snapshot.state is State.UNKNOWN:
            # A scheduler starts a job at once that waits for an id which it does not know, or which is another's now.
            raise UsageError(
                f"--after {other}: the state of that job is unknown: {snapshot.why}",
                hint=f"sygaldry job wait {other}; where no answer will come: sygaldry job forget --job {other}",
            )
        record = load_record(snapshot.paths)
        if record is None or record.handle is None:
            raise UsageError(
                f"--after {other}: that job is not a job of the scheduler, which cannot wait for it",
                hint=f"wait for it first: sygaldry job wait {other}",
            )
        ids.append(f"{record.handle.id}_{record.task}" if record.task >= 0 else record.handle.id)
    return tuple(ids)


def free_chain(paths: RunFiles, slots: int) -> tuple[int, str]:
    """Choose one of so many chains for a new job: its number, and the id of the job that it waits for, if any.

    Jobs of a chain run one after the other, so that at most `slots` of them run at a time.
    """
    if not slots:
        return _NO_CHAIN
    waiting: Counter[int] = Counter(dict.fromkeys(range(slots), 0))
    last: dict[int, str] = {}
    for record in records_in(paths):
        if not 0 <= record.chain < slots or record.handle is None:
            continue
        state = inspect_run(RunFiles(paths.folder, record.job, record.run)).state
        if not state.final:
            waiting[record.chain] += 1
        if not state.final and state is not State.UNKNOWN:  # the id of a forgotten job can be another's
            last[record.chain] = record.handle.id
    chain = min(waiting, key=lambda number: (waiting[number], number))
    return chain, last.get(chain, "")
