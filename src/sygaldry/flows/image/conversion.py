"""Convert an image into a SIF file beside its target, with progress; nothing is left of a conversion that fails."""

from __future__ import annotations

import os
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from sygaldry.flows.image.contract import check_architecture
from sygaldry.flows.image.leftovers import read_log
from sygaldry.host import files
from sygaldry.host.disk import remove_tree
from sygaldry.host.process_group import StopSignal, run_in_group
from sygaldry.host.process_io import bytes_read, size_of_tree
from sygaldry.image import sif as words
from sygaldry.model.errors import ImageError, StorageError
from sygaldry.model.progress_note import ProgressNote
from sygaldry.supervisor.safe_files import read_tail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sygaldry.image.sif import SifSource
    from sygaldry.model.command import Command
    from sygaldry.model.machine import Machine

    Report = Callable[[str], None]

_PERIOD_S = 0.25
_LOOK_EVERY = 4  # periods
_REPORT_EVERY = 40  # periods: a line every ten seconds where there is no terminal for a bar
_SCRATCH = ".convert-"
_LOCK = "lock"  # held while a conversion runs


def convert(source: SifSource, target: str, machine: Machine, report: Report) -> None:
    """Convert an image into a SIF file; a failure leaves no file. Raises ImageError."""
    # Apptainer would take it for one of this machine.
    check_architecture(source.name, source.architecture)
    with _scratch_beside(target) as scratch:
        archive, draft = f"{scratch}/image.tar", f"{scratch}/draft.sif"
        apptainer = machine.programs.get("apptainer", "apptainer")
        commands = (
            *((words.save_command(source, archive),) if source.needs_saving else ()),
            words.convert_command(apptainer, source, draft, archive=archive, temporary=scratch, authfile=_authfile()),
        )
        report(f"image: converting {source.name} for apptainer, once")
        try:
            for command in commands:
                _run(command, source, scratch, report)
            os.replace(draft, target)
        except StopSignal as stopped:
            raise ImageError(f"the conversion was stopped by {stopped}", hint="start it again") from stopped
        except OSError as error:
            raise _unwritable(target, error) from error


@contextmanager
def _scratch_beside(target: str) -> Iterator[str]:
    """Make a folder for temporary files on the disk of the target, and remove those of killed conversions."""
    folder = os.path.dirname(os.path.abspath(target))
    try:
        _remove_stale(Path(folder))
        scratch = mkdtemp(prefix=_SCRATCH, dir=folder)
    except OSError as error:
        raise _unwritable(target, error) from error
    try:
        with files.locked(f"{scratch}/{_LOCK}"):
            yield scratch
    finally:
        _remove(Path(scratch))


def _remove_stale(folder: Path) -> None:
    """Remove what conversions left whose process was killed: they hold their locks no longer."""
    for each in folder.glob(f"{_SCRATCH}*/{_LOCK}"):
        try:
            with files.locked(each, wait=False) as lock:
                if lock is not None:
                    _remove(each.parent)
        except StorageError:  # it is another user's
            continue


def _remove(folder: Path) -> None:
    try:
        remove_tree(folder)  # an unpacked image has folders that are not writable
    except OSError:  # another process removes it at the same time, or the disk became read-only
        return


def _run(command: Command, source: SifSource, scratch: str, report: Report) -> None:
    """Run one step to its end, and report its progress. Raises ImageError."""
    log, progress = f"{scratch}/log", _Progress(scratch)
    with open(log, "ab") as output, closing(run_in_group(command, output, _PERIOD_S)) as states:
        for period, code in enumerate(states):
            if code is None and not period % _LOOK_EVERY:
                step, done, total = progress.look()
                is_kept = bool(period) and not period % _REPORT_EVERY
                report(ProgressNote(f"image: converting {source.name}: {step}", done, total, kept=is_kept))
    if code != 0:
        why, hint = words.failure_cause(read_log(log), source, os.uname().machine)
        raise ImageError(f"{source.name} cannot be converted: {why}", hint=hint, command=command)


class _Progress:
    """The step of a conversion. mksquashfs draws no bar into a file, but the kernel counts what it has read."""

    def __init__(self, scratch: str) -> None:
        self._scratch = scratch
        self._total = 0

    def look(self) -> tuple[str, int, int]:
        """Return the step, and the megabytes that are done and to do, 0 where they are unknown."""
        step = words.step(read_tail(f"{self._scratch}/log", 4096).decode("utf-8", "replace"))
        if step != words.COMPRESSING:
            return step, 0, 0
        self._total = self._total or sum(size_of_tree(each) for each in Path(self._scratch).glob("build-temp-*/rootfs"))
        done = min(bytes_read("mksquashfs", self._scratch), self._total)
        return (f"{step}, MB", done >> 20, self._total >> 20) if done else (step, 0, 0)


def _unwritable(target: str, error: OSError) -> ImageError:
    return ImageError(
        f"cannot write {target}: {error.strerror}",
        hint="choose a folder on another disk: SYGALDRY_STORAGE_ROOT=/some/folder, or the FILE of --sif",
    )


def _authfile() -> str:
    """Return Docker's login file where Apptainer has none of its own."""
    home = os.environ.get("HOME", "")
    own = f"{os.environ.get('APPTAINER_CONFIGDIR') or f'{home}/.apptainer'}/docker-config.json"
    dockers = f"{os.environ.get('DOCKER_CONFIG') or f'{home}/.docker'}/config.json"
    return dockers if os.path.exists(dockers) and not os.path.exists(own) else ""
