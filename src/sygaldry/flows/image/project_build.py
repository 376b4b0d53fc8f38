"""Build the image of a project's own Dockerfile, which its devcontainer.json names, where it is absent or stale."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING, Final

from sygaldry.flows.image import ledger
from sygaldry.flows.image.builder import chosen_builder
from sygaldry.flows.image.leftovers import read_log
from sygaldry.flows.image.log_progress import LogProgress
from sygaldry.host import files
from sygaldry.host.engine_lock import engine_lock
from sygaldry.host.process_group import StopSignal, run_in_group
from sygaldry.image.command import failure_cause
from sygaldry.image.key import fingerprint
from sygaldry.image.project import KEY, project_command, project_key
from sygaldry.model.errors import ImageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sygaldry.flows.runtime.images import Engine, Image
    from sygaldry.model.command import Command
    from sygaldry.model.devcontainer import Devcontainer, DevcontainerBuild

    Report = Callable[[str], None]

_PERIOD_S: Final = 0.25
_LARGEST_DOCKERFILE: Final = 2**20
_MOST_FILES: Final = 1000
_MOST_BYTES: Final = 16 * 2**20


def ensure_project_image(
    project: Devcontainer, engine: Engine, root: str, report: Report, *, force: bool = False
) -> None:
    """Build the image unless it has the key of its Dockerfile; of two callers at once one builds. Raises ImageError."""
    build = project.build
    if build is None:
        return
    key = current_key(project, build)
    if not force and _has_key(engine.image(build.name), key):
        return

    def wait(path: str) -> None:
        report(f"image: waiting for another build of {build.name} (lock {path})")

    with engine_lock(fingerprint(f"{engine.endpoint} {build.name}".encode())[:24], wait) as had_to_wait:
        old = engine.image(build.name)
        if had_to_wait and _has_key(old, key):
            return
        _build(engine, build, key, root, report)
        _record(engine, build, old, root)
    report(f"image: {build.name} is built")


def planned_build(project: Devcontainer, engine: Engine, *, force: bool = False) -> Command | None:
    """Return the command that a launch would build with; None if the image is up to date."""
    build = project.build
    if build is None:
        return None
    key = current_key(project, build)
    if not force and _has_key(engine.image(build.name), key):
        return None
    return project_command(engine.name, chosen_builder(engine.name), build, key, os.environ)


def current_key(project: Devcontainer, build: DevcontainerBuild) -> str:
    """Return the key of the Dockerfile, its arguments, and its context where that is the devcontainer's own folder.

    A context of the whole project is not compared: every edit of a source file would build the image anew.
    """
    dockerfile = files.read_if_there(build.dockerfile, _LARGEST_DOCKERFILE)
    if dockerfile is None:
        raise ImageError(f"{project.path} names {build.dockerfile}, which does not exist", hint="correct its build")
    if not os.path.isdir(build.context):
        raise ImageError(f"{project.path} names the context {build.context}, which is not a folder")
    own = os.path.dirname(project.path)
    is_own = own.endswith("/.devcontainer") and f"{build.context}/".startswith(f"{own}/")
    content = dict(_context_files(build.context)) if is_own else {}
    return project_key(build, dockerfile.encode("utf-8", "surrogateescape"), content)


def _context_files(context: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a small context; links are compared by where they lead. Raises ImageError for a large one."""
    count = size = 0
    for folder, _, names in os.walk(context):
        for name in sorted(names):
            path = os.path.join(folder, name)
            count, size = count + 1, size + os.lstat(path).st_size
            if count > _MOST_FILES or size > _MOST_BYTES:
                raise ImageError(
                    f"the context {context} has more than {_MOST_FILES} files or {_MOST_BYTES >> 20} MiB",
                    hint="keep only what the Dockerfile copies in it",
                )
            relative = os.path.relpath(path, context)
            if os.path.islink(path):
                yield relative, os.fsencode(os.readlink(path))
            elif os.path.isfile(path):
                yield relative, (files.read_if_there(path, _MOST_BYTES) or "").encode("utf-8", "surrogateescape")


def _has_key(image: Image | None, key: str) -> bool:
    return image is not None and image.labels.get(KEY) == key


def _build(engine: Engine, build: DevcontainerBuild, key: str, root: str, report: Report) -> None:
    folder = f"{root}/{ledger.LOGS}"
    files.make_folder(root)
    files.make_folder(folder)
    log = f"{folder}/{ledger.log_stamp()}-devcontainer.log"
    command = project_command(engine.name, chosen_builder(engine.name), build, key, os.environ)
    report(f"image: building {build.name} from {build.dockerfile} with {engine.name}; log: {log}")
    try:
        code = _run_logged(command, log, LogProgress(log, "image: building", report))
    except StopSignal as stopped:
        raise ImageError(f"the build of {build.name} was stopped by {stopped}", hint="start it again") from stopped
    if code != 0:
        why, hint = failure_cause(read_log(log))
        raise ImageError(
            f"the image of {build.dockerfile} could not be built: {why or f'exit code {code}'}",
            hint=f"{hint}; " * bool(hint) + f"the whole log: {log}",
            command=command,
        )


def _run_logged(command: Command, log: str, progress: LogProgress) -> int:
    with open(log, "xb", opener=_private) as output, closing(run_in_group(command, output, _PERIOD_S)) as states:
        for code in states:
            if code is not None:
                return code
            progress.update()
    return 1


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, files.PRIVATE_FILE)


def _record(engine: Engine, build: DevcontainerBuild, old: Image | None, root: str) -> None:
    """Record the new image as ours, and remove the one that it replaced if that was ours and has no other name."""
    new = engine.image(build.name)
    if new is None:
        raise ImageError(f"{engine.name} built {build.name}, but does not have it", hint="build again")
    ledger.record(root, engine, new.identity, build.name, build.name)
    if old is None or old.identity == new.identity or not ledger.is_recorded(root, engine, old):
        return
    now = engine.image(old.identity)
    if now is not None and not now.tags and engine.remove(old.identity).ok:
        ledger.forget(root, engine, old.identity)
