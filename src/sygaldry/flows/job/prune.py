"""Remove old runs: their files and leftover containers."""

import os
import time
from dataclasses import dataclass

from sygaldry.flows.job.lookup import all_runs, inspect_run
from sygaldry.flows.runtime.container import remove_container
from sygaldry.host.files import locked
from sygaldry.jobs import events
from sygaldry.jobs.paths import RunFiles, check_job, runs_by_job
from sygaldry.model.report import Json, Report
from sygaldry.model.sizes import human
from sygaldry.model.timestamps import seconds_of


@dataclass(frozen=True)
class OldRun:
    """A run that can be removed."""

    paths: RunFiles
    existing: tuple[str, ...]
    size_bytes: int


def job_prune(folder: str, job: str, *, keep: int, older_than_s: float, apply: bool) -> Report:
    """Report the runs that can be removed; with `apply`, remove them. A running job is never touched."""
    jobs = (check_job(job),) if job else tuple(sorted(runs_by_job(folder)))
    found = [each for name in jobs for each in _old(folder, name, keep, older_than_s)]
    for each in found if apply else ():
        with locked(f"{folder}/.{each.paths.job}.lock"):
            if inspect_run(each.paths).state.final:
                _remove(each)
    verb = "removed" if apply else "would remove"
    lines = [f"{verb} {human(each.size_bytes):>10}  {each.paths.job} {each.paths.run}" for each in found]
    total = sum(each.size_bytes for each in found)
    closing = f"{human(total)} in total" + ("" if apply else "; to remove it: sygaldry job prune --apply")
    data: list[Json] = [{"job": each.paths.job, "run": each.paths.run, "bytes": each.size_bytes} for each in found]
    return Report(
        {"applied": apply, "runs": data, "bytes": total}, (*lines, closing) if found else ("nothing to remove",)
    )


def _old(folder: str, job: str, keep: int, older_than_s: float) -> list[OldRun]:
    runs = all_runs(folder, job)
    found = []
    for paths in runs[: max(len(runs) - keep, 0)]:
        snapshot = inspect_run(paths)
        ended = seconds_of(str(snapshot.submitted.get("ts", "")))
        if snapshot.state.final and time.time() - ended >= older_than_s:
            existing = _files(paths)
            found.append(OldRun(paths, existing, sum(os.lstat(path).st_blocks * 512 for path in existing)))
    return found


def _files(paths: RunFiles) -> tuple[str, ...]:
    """List the files of a run; the ledger, which defines the run, comes last."""
    begins = (os.path.basename(paths.base) + ".", os.path.basename(paths.base) + "-a")
    found = [f"{paths.folder}/{each}" for each in os.listdir(paths.folder) if _begins(each, begins)]
    return tuple(sorted(found, key=lambda path: (path == paths.events, path)))


def _begins(name: str, begins: tuple[str, ...]) -> bool:
    """Return whether a file has one of these prefixes; drafts of the host begin with a dot."""
    return name.removeprefix(".").startswith(begins)


def _drafts(paths: RunFiles) -> tuple[str, ...]:
    """List unfinished drafts of the status line that a killed process left."""
    begins = (os.path.basename(paths.status) + ".",)
    found = (each for each in os.listdir(paths.folder) if _begins(each, begins) and each.endswith(".draft"))
    return tuple(f"{paths.folder}/{each}" for each in found)


def _remove(each: OldRun) -> None:
    remove_container(events.first(each.paths.events, "prepared"))
    newest = all_runs(each.paths.folder, each.paths.job)[-1]
    idle = inspect_run(newest).state.final
    status = [each.paths.status] if newest.run == each.paths.run else []
    for path in (*each.existing, *status, *(_drafts(each.paths) if idle else ())):
        if os.path.lexists(path):
            os.unlink(path)
