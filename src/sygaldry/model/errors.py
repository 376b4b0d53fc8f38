"""Everything that can fail, said in our words: what failed, the likely cause, the next command to type."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.model.command import Command

FAILED = 1
USED_WRONGLY = 2
NOT_FOUND = 3
NOT_READY = 4
JOB_FAILED = 5
NOT_STARTED = 125  # docker's own code for "the command never ran"; launch answers with it
INTERRUPTED = 130


class SygaldryError(Exception):
    """A failure that Sygaldry foresaw; shown only in cli/_main.py, without a traceback."""

    exit_code = FAILED

    def __init__(self, problem: str, *, hint: str = "", command: Command | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint
        self.command = command


class UsageError(SygaldryError):
    """What was typed cannot be done: an unknown verb, option, name or value."""

    exit_code = USED_WRONGLY


class SettingError(UsageError):
    """A setting has an unknown name or a value it cannot have."""


class TrustError(SygaldryError):
    """The workspace asks for something outside of it that the caller has not accepted."""

    exit_code = NOT_STARTED


class NotFoundError(SygaldryError):
    """The thing asked for does not exist."""

    exit_code = NOT_FOUND


class NoSuchJobError(SygaldryError):
    """No job, or no run, of that name."""

    exit_code = 5  # what `sygaldry job wait` answers for it


class MachineNotReadyError(SygaldryError):
    """Something is missing on this machine; the hint says how to get it."""

    exit_code = NOT_READY


class RuntimeMissingError(MachineNotReadyError):
    """The runtime asked for does not work here."""


class StorageError(MachineNotReadyError):
    """A storage folder cannot be made, read or written."""


class ImageError(SygaldryError):
    """An image could not be built, found or removed."""


class CommandFailedError(SygaldryError):
    """A program that Sygaldry ran for itself failed."""


class LockError(SygaldryError):
    """A Spack lock, manifest or environment cannot be used as it is."""


class BuildError(SygaldryError):
    """A package of an environment could not be built or installed."""
