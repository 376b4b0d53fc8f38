"""Every expected failure as a class: what failed, the likely cause, the next command to type."""

from __future__ import annotations

from sygaldry.model.exit_codes import FAILED, NO_SUCH_JOB, NOT_FOUND, NOT_READY, NOT_STARTED, USAGE_ERROR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.model.command import Command


class SygaldryError(Exception):
    """An expected failure; only cli/_main.py prints it, without a traceback."""

    exit_code = FAILED

    def __init__(self, problem: str, *, hint: str = "", command: Command | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint
        self.command = command


class UsageError(SygaldryError):
    """The command line is wrong: an unknown verb, option, name or value."""

    exit_code = USAGE_ERROR


class SettingError(UsageError):
    """A setting has an unknown name or an invalid value."""


class TrustError(SygaldryError):
    """The workspace asks for something outside of it that the caller has not accepted."""

    exit_code = NOT_STARTED


class BundleError(SygaldryError):
    """A bundle is damaged, incomplete, or not for this machine."""


class NotFoundError(SygaldryError):
    """The requested object does not exist."""

    exit_code = NOT_FOUND


class NoSuchJobError(SygaldryError):
    """There is no job, or no run, of that name."""

    exit_code = NO_SUCH_JOB


class MachineNotReadyError(SygaldryError):
    """Something is missing on this machine; the hint has the command that installs it."""

    exit_code = NOT_READY


class RuntimeMissingError(MachineNotReadyError):
    """The requested runtime does not work on this machine."""


class StorageError(MachineNotReadyError):
    """A storage folder cannot be created, read or written."""


class ImageError(SygaldryError):
    """An image could not be built, found or removed."""


class CommandFailedError(SygaldryError):
    """A program that Sygaldry started failed."""


class LockError(SygaldryError):
    """A Spack lock, manifest or environment cannot be used in its current state."""


class BuildError(SygaldryError):
    """A package of an environment could not be built or installed."""
