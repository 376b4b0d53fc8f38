"""Remove old runs: their files, and containers that nobody is left to remove."""

import os
import time
from dataclasses import dataclass

from sygaldry.flows.job.lookup import all_runs, look
from sygaldry.flows.runtime.container import remove_container
from sygaldry.host.files import locked
from sygaldry.jobs import events
from sygaldry.jobs.paths import Names, check_job, runs_by_job
from sygaldry.model.report import Json, Report
from sygaldry.model.sizes import human
from sygaldry.model.timestamps import seconds_of


@dataclass(frozen=True)
class Old:
    """A run that can go."""

    names: Names
    paths: tuple[str, ...]
    size_bytes: int


def job_prune(folder: str, job: str, *, keep: int, older_than_s: float, apply: bool) -> Report:
    """Report the runs that can go, and with `apply` remove them; what still runs is never touched."""
    jobs = (check_job(job),) if job else tuple(sorted(runs_by_job(folder)))
    found = [each for name in jobs for each in _old(folder, name, keep, older_than_s)]
    for each in found if apply else ():
        with locked(f"{folder}/.{each.names.job}.lock"):
            if look(each.names).truth.state.final:
                _remove(each)
    verb = "removed" if apply else "would remove"
    lines = [f"{verb} {human(each.size_bytes):>10}  {each.names.job} {each.names.run}" for each in found]
    total = sum(each.size_bytes for each in found)
    closing = f"{human(total)} in all" + ("" if apply else "; to remove it: sygaldry job prune --apply")
    data: list[Json] = [{"job": each.names.job, "run": each.names.run, "bytes": each.size_bytes} for each in found]
    return Report(
        {"applied": apply, "runs": data, "bytes": total}, (*lines, closing) if found else ("nothing to remove",)
    )


def _old(folder: str, job: str, keep: int, older_than_s: float) -> list[Old]:
    runs = all_runs(folder, job)
    found = []
    for names in runs[: max(len(runs) - keep, 0)]:
        seen = look(names)
        ended = seconds_of(str(seen.submitted.get("ts", "")))
        if seen.truth.state.final and time.time() - ended >= older_than_s:
            paths = _files(names)
            found.append(Old(names, paths, sum(os.lstat(path).st_blocks * 512 for path in paths)))
    return found


def _files(names: Names) -> tuple[str, ...]:
    """List the files of a run; the ledger, which makes it a run, goes last."""
    begins = (os.path.basename(names.base) + ".", os.path.basename(names.base) + "-a")
    found = [f"{names.folder}/{each}" for each in os.listdir(names.folder) if _begins(each, begins)]
    return tuple(sorted(found, key=lambda path: (path == names.events, path)))


def _begins(name: str, begins: tuple[str, ...]) -> bool:
    """Tell whether a file is one of these, or the host's draft of one, which has a dot before its name."""
    return name.removeprefix(".").startswith(begins)


def _drafts(names: Names) -> tuple[str, ...]:
    """List the status lines that a killed process of the job never finished."""
    begins = (os.path.basename(names.status) + ".",)
    found = (each for each in os.listdir(names.folder) if _begins(each, begins) and each.endswith(".draft"))
    return tuple(f"{names.folder}/{each}" for each in found)


def _remove(each: Old) -> None:
    remove_container(events.first(each.names.events, "prepared"))
    newest = all_runs(each.names.folder, each.names.job)[-1]
    idle = look(newest).truth.state.final
    status = [each.names.status] if newest.run == each.names.run else []
    for path in (*each.paths, *status, *(_drafts(each.names) if idle else ())):
        if os.path.lexists(path):
            os.unlink(path)
