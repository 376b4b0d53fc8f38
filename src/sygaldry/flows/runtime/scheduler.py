"""Which scheduler runs what is submitted, what it is asked for, and how a node starts Sygaldry."""

import sys

from sygaldry import schedulers
from sygaldry.config.settings import Settings
from sygaldry.host.run import run
from sygaldry.layout import layout
from sygaldry.model.batch import Resources
from sygaldry.model.errors import MachineNotReadyError


def chosen_scheduler(settings: Settings) -> str:
    """Return the scheduler that runs jobs, empty for this machine. Raises MachineNotReadyError if it is not here."""
    if settings.executor == "local":
        return ""
    if settings.executor == "auto":
        return next((name for name in schedulers.names() if _version(name) is not None), "")
    if _version(settings.executor) is None:
        title = schedulers.get(settings.executor).title
        raise MachineNotReadyError(
            f"{title} was asked for, but its commands do not work on this machine",
            hint="run the job here: --executor local; what is missing: sygaldry doctor",
        )
    return settings.executor


def resources_of(settings: Settings) -> Resources:
    """Return what the settings ask a scheduler for."""
    return Resources(
        partition=settings.partition,
        account=settings.account,
        qos=settings.qos,
        reservation=settings.reservation,
        constraint=settings.constraint,
        gres=settings.gres,
        cpus=-(-int(float(settings.cpus or 0) * 100) // 100),  # a scheduler gives whole CPUs
        memory=settings.memory.upper(),
        extra=settings.slurm_option,
    )


def program() -> tuple[str, ...]:
    """Return how the node starts Sygaldry: by the same checkout or interpreter, which a shared file system shows it."""
    own = layout()
    return (f"{own.tools}/sygaldry",) if own.checkout else (sys.executable, "-I", "-m", "sygaldry")


def _version(name: str) -> str | None:
    scheduler = schedulers.get(name)
    return scheduler.version(run(scheduler.probe()))
