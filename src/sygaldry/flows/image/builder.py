"""Build the image: one build at a time, with progress and a log; a failed build leaves nothing behind."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from shutil import copyfile, rmtree
from tempfile import mkdtemp
from time import localtime, sleep, strftime

from sygaldry.flows.image.recipe import context_file, context_files
from sygaldry.flows.image.state import BaseUnreachableError, State, state_of
from sygaldry.host import files
from sygaldry.host.certificates import certificates
from sygaldry.host.process_group import StopSignal, run_in_group
from sygaldry.host.run import run
from sygaldry.image import command as words
from sygaldry.layout import layout
from sygaldry.model.command import Command
from sygaldry.model.errors import ImageError
from sygaldry.model.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from sygaldry.config.settings import Settings

_PERIOD_S = 0.25
_LOGS = "build_logs"
_MOST_LOGS = 20


def build(state: State, root: str, report_progress: Callable[[str], None], *, force: bool = False) -> str:
    """Build the image unless another process just did; returns the path of the log, empty if nothing was built.

    Raises BaseUnreachableError before anything is created, ImageError if the build fails or is stopped.
    """
    folder = f"{root}/{_LOGS}"
    files.make_folder(root)
    files.make_folder(folder)
    with files.locked(f"{folder}/.lock", wait=False) as lock:
        if lock is not None:
            return _build_locked(state, folder, report_progress)
    report_progress(f"image: waiting for another build of {state.name}")
    with files.locked(f"{folder}/.lock"):
        state = state_of(state.settings, state.engine.name, state.machine)
        if state.usable and not force:
            return ""
        return _build_locked(state, folder, report_progress)


def _build_locked(state: State, folder: str, report_progress: Callable[[str], None]) -> str:
    state = _pull_base(state, report_progress)
    _remove_old_files(Path(folder))
    _left_after_removal(state.engine.name, state.name)
    log = f"{folder}/{strftime('%Y%m%d-%H%M%S', localtime())}-{os.getpid()}.log"
    report_progress(f"image: building {state.name} with {state.engine.name} ({'; '.join(state.reasons)}); log: {log}")
    context = mkdtemp(prefix=".context-", dir=folder)
    try:
        _fill_context(Path(context), state.settings)
        mirror = state.settings.artifact_mirror
        build_command = words.build_command(
            state.engine.name, state.name, state.recipe, context, mirror=mirror, caller=os.environ
        )
        code = _run_logged(build_command, log, report_progress)
    except StopSignal as stopped:
        _remove_leftovers(state)
        raise ImageError(
            f"the build of {state.name} was stopped by {stopped}", hint="start it again: sygaldry image build"
        ) from stopped
    except KeyboardInterrupt:
        _remove_leftovers(state)
        raise
    finally:
        rmtree(context, ignore_errors=True)
    if code != 0:
        _remove_leftovers(state)
        why, hint = words.cause(_lines(log))
        raise ImageError(
            f"the image could not be built: {why or f'exit code {code}'}",
            hint=f"{hint}; " * bool(hint) + f"the whole log: {log}",
            command=build_command,
        )
    _remove_replaced_image(state)
    report_progress(f"image: {state.name} is built")
    return log


def _pull_base(state: State, report_progress: Callable[[str], None]) -> State:
    """Pull the base before a build: the launch falls back to another runtime if that fails."""
    if state.recipe.base_id:
        return state
    base = state.recipe.base
    report_progress(f"image: fetching the base {base}")
    done = state.engine.pull(base)
    found = state.engine.image(base) if done.ok else None
    if found is None:
        raise BaseUnreachableError(
            f"the base image {base} cannot be fetched ({done.last_line[:200]})",
            hint="make a base from the Debian mirror: sygaldry image base; or name a local one: "
            "SYGALDRY_BASE_IMAGE=NAME; or work without an image: --runtime sandbox",
            command=done.command,
        )
    return replace(state, recipe=replace(state.recipe, base_id=found.identity))


def _fill_context(context: Path, settings: Settings) -> None:
    """Copy the build context, and the certificates of the host for the build only."""
    source = Path(layout().container)
    for name in context_files(str(source)):
        target = context / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(context_file(settings, str(source), name))
        # The build cache must not depend on the user or the umask.
        target.chmod(0o644)
        os.utime(target, (0, 0))
    if bundle := certificates():
        (context / "image" / "ca").mkdir()
        copyfile(bundle, context / "image" / "ca" / "ca-certificates.crt")


def _run_logged(command: Command, log: str, report_progress: Callable[[str], None]) -> int:
    reported = 0
    with open(log, "xb", opener=_private) as output, closing(run_in_group(command, output, _PERIOD_S)) as states:
        code = None
        for state in states:
            code = state
            messages = words.script_messages(_lines(log))
            for text in messages[reported:]:
                report_progress(f"image: {text}")
            reported = len(messages)
    return 1 if code is None else code


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, files.PRIVATE_FILE)


def _lines(log: str) -> list[str]:
    with open(log, encoding="utf-8", errors="replace") as file:
        return file.read().splitlines()


def _remove_leftovers(state: State) -> None:
    """Remove the containers and dangling_layers layers that a build of this image left; others are not ours to touch.

    An engine whose build was cancelled lets go of them a moment later.
    """
    for pause_s in (0, 0.2, 0.5, 1, 2, 4):
        sleep(pause_s)
        if not _left_after_removal(state.engine.name, state.name):
            return


def _left_after_removal(engine: str, name: str) -> bool:
    launched = run(words.containers(engine, name, launched=True)).out.split()
    building = set(run(words.containers(engine, name)).out.split()) - set(launched)
    layers = run(words.dangling_layers(engine, name)).out.split()
    for each in building:
        run(Command((engine, "rm", "--force", each)))
    for each in layers:
        run(Command((engine, "rmi", each)))
    return bool(building or layers)


def _remove_replaced_image(state: State) -> None:
    """Remove the image that the new one replaced; the engine refuses while a container uses it."""
    new = state.engine.image(state.name)
    if state.image is not None and state.verdict.ours and new is not None and new.identity != state.image.identity:
        state.engine.remove(state.image.identity)


def _remove_old_files(folder: Path) -> None:
    """Remove the files of a killed build and the oldest logs; we hold the lock, so they are not in use."""
    for each in folder.glob(".context-*"):
        rmtree(each, ignore_errors=True)
    for each in sorted(folder.glob("*.log"))[:-_MOST_LOGS]:
        each.unlink(missing_ok=True)
