"""Slurm: job steps, and the tasks that `srun -l` labels."""

from typing import Final

from sygaldry.explain.sections import Event, Format, Level, Mark
from sygaldry.model.lazy_pattern import lazy_pattern

# Tasks that ended by SIGTERM (143) were ended because another had failed.
_FAIL: Final = lazy_pattern(
    r"^srun: error: .{1,120}: tasks? (?P<task>\d{1,6})\S{0,40}: (?:Exited with exit code (?!143\b)|.{0,40}(?:Killed|fault|Abort|Out Of Memory))"
)

# Jobs may append to one file: each that was cancelled ends there, unless its script prints more.
_CANCELLED: Final = lazy_pattern(r"^slurmstepd: error: \*\*\* JOB (?P<job>\d{1,12}) ON \S{1,120} CANCELLED AT ")
# What job scripts print first; the form that `seff` prints last is not among them.
_STARTED: Final = lazy_pattern(
    r"^\W{0,12}(?:SLURM_JOB_?ID\s?[:=]\s?"
    r"|(?:[Ss]tart(?:ing|ed)|[Rr]unning|[Ll]aunching|[Bb]eginning) (?:[Ss]lurm|SLURM) [Jj]ob(?: ID)?:? #?"
    r"|(?:[Ss]lurm|SLURM) [Jj]ob(?: ?ID)?\s?[:=]\s?)(?P<job>\d{1,12})\b"
)


def _read(text: str) -> Mark | None:
    cancelled = _CANCELLED.match(text)
    if cancelled is not None:
        name = f"job {cancelled['job']}"
        return Mark(Event.FAIL, Level.JOB, name, supersedes=True, tentative=True)
    started = _STARTED.match(text)
    if started is not None:
        return Mark(Event.BEGIN, Level.STEP, f"job {started['job']}", supersedes=True, once=True)
    found = _FAIL.match(text)
    if found is None:
        return None
    task = found["task"]
    return Mark(Event.FAIL, Level.BUILD, f"task {task}", supersedes=True, subject=rf"^ {{0,6}}{task}: ")


FORMAT: Final = Format(
    "Slurm", (b"srun: error: ", b"slurmstepd: error: *** JOB ", b"SLURM_JOB", b"lurm ", b"SLURM "), _read
)
