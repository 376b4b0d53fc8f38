"""Find the jobs and runs in a folder; the file names of a run are in supervisor/run_files.py."""

import os
import re
from typing import Final

from sygaldry.model.errors import UsageError
from sygaldry.supervisor.run_files import RunFiles

__all__ = ["RunFiles", "check_job", "jobs_in", "new_run", "runs_of"]

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_RUN: Final = r"\d{8}T\d{9}Z"
_RUN_ENTRY: Final = re.compile(rf"({_NAME.pattern})-({_RUN})(?:\.jsonl)?")
_LIKE_A_RUN: Final = re.compile(rf"{_RUN}(?:-a\d+)?(?:\.[a-z.]+)?")


def check_job(job: str) -> str:
    """Return a valid job name. Raises UsageError."""
    if _LIKE_A_RUN.search(job):
        raise UsageError(
            f"not a valid job name: {job!r} contains a run ID", hint="its files would mix with the run of another job"
        )
    if not _NAME.fullmatch(job) or ".." in job or job.endswith((".status", ".lock")):
        raise UsageError(
            f"not a valid job name: {job!r}",
            hint="a name has letters, digits, '.', '_' and '-' (no '..'), begins with a letter or digit, "
            "and has at most 64 characters; it does not end with .status or .lock",
        )
    return job


def new_run(now_ns: int) -> str:
    """Return a run ID for a time (UTC), so that IDs sort by age."""
    from time import gmtime, strftime

    seconds, rest = divmod(now_ns, 1_000_000_000)
    return strftime("%Y%m%dT%H%M%S", gmtime(seconds)) + f"{rest // 1_000_000:03}Z"


def is_run(word: str) -> bool:
    """Return whether a word is a run ID."""
    return re.fullmatch(_RUN, word) is not None


def runs_of(folder: str, job: str) -> tuple[str, ...]:
    """List the runs of a job, oldest first; names are never matched by prefix."""
    return runs_by_job(folder).get(job, ())


def jobs_in(folder: str) -> tuple[str, ...]:
    """Return the jobs of a project, sorted."""
    return tuple(sorted(runs_by_job(folder)))


def runs_by_job(folder: str) -> dict[str, tuple[str, ...]]:
    """Map each job to its runs, oldest first, in one pass over the folder."""
    found: dict[str, set[str]] = {}
    try:
        names = os.listdir(folder)
    except OSError:
        return {}
    for name in names:
        # The ledger of a run, or its folder; a quick test spares most names the expression.
        if name.endswith(("Z.jsonl", "Z")) and (match := _RUN_ENTRY.fullmatch(name)):
            found.setdefault(match[1], set()).add(match[2])
    return {job: tuple(sorted(runs)) for job, runs in found.items()}


def without_elements(runs: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Leave out the elements of arrays: jobs NAME.TASK with a run ID of the job NAME."""
    found = {}
    for job, own in runs.items():
        array, _, task = job.rpartition(".")
        of_array = runs.get(array, ()) if task.isdecimal() else ()
        if left := tuple(run for run in own if run not in of_array):
            found[job] = left
    return found


def newest_run(folder: str, job: str) -> str:
    """Return the newest run, or an empty string. The status file makes it cheap with ten thousand runs."""
    from sygaldry.jobs.status_line import read_status

    status = f"{folder}/{job}.status"
    try:
        # While a run is alive, the name links to the status in its folder; afterwards it is the host's own copy.
        run = os.path.dirname(os.readlink(status)).removeprefix(f"{job}-")
    except OSError:
        run = read_status(status).get("run", "")
    if is_run(run) and os.path.lexists(RunFiles(folder, job, run).events):
        return run
    return next(reversed(runs_of(folder, job)), "")
