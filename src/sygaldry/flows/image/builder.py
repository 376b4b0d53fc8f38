"""Build the image: one build at a time, with progress and a log; a failed build leaves nothing behind."""

from __future__ import annotations

import os
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from sygaldry import __version__
from sygaldry.flows.image import ledger, leftovers
from sygaldry.flows.image.log_progress import LogProgress
from sygaldry.flows.image.pull import pull_base
from sygaldry.flows.image.recipe import context_file, context_files
from sygaldry.flows.image.state import State, state_of
from sygaldry.host import files
from sygaldry.host.certificates import certificates
from sygaldry.host.engine_lock import engine_lock
from sygaldry.host.loopback_server import serve
from sygaldry.host.process_group import StopSignal, run_in_group
from sygaldry.host.run import run
from sygaldry.image import builder as builders
from sygaldry.image import command as words
from sygaldry.image.annotations import image_annotations
from sygaldry.image.context import arranged
from sygaldry.image.key import fingerprint
from sygaldry.image.names import is_digest
from sygaldry.image.recipe import DOCKERFILE, EPOCH
from sygaldry.layout import layout
from sygaldry.model.command import Command
from sygaldry.model.errors import ImageError, MachineNotReadyError
from sygaldry.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sygaldry.config.settings import Settings
    from sygaldry.flows.runtime.images import Image

    Report = Callable[[str], None]

_PERIOD_S = 0.25
_MOST_LOGS = 20
_GIT_TIMEOUT_S = 5


def build(state: State, root: str, report: Report, *, force: bool = False) -> str:
    """Build the image unless another process just did; returns the path of the log, empty if nothing was built.

    The lock belongs to the engine, so that other users and other storage roots wait, too. Raises
    BaseUnreachableError before anything is created, ImageError if the build fails or is stopped.
    """
    if is_digest(state.name):
        raise ImageError(
            f"{state.name} names content by its digest, which a build cannot promise",
            hint="build under a tag: SYGALDRY_IMAGE=sygaldry/mine:1",
        )
    folder = f"{root}/{ledger.LOGS}"
    files.make_folder(root)
    files.make_folder(folder)
    key = fingerprint(f"{state.engine.endpoint} {state.name}".encode())[:24]

    def wait(path: str) -> None:
        report(f"image: waiting for another build of {state.name} (lock {path})")

    with engine_lock(key, wait) as had_to_wait:
        if had_to_wait:
            state = state_of(state.settings, state.engine.name, state.machine)
            if state.usable and not force:
                return ""
        return _build_locked(state, root, report, force=force)


def known_annotations(state: State) -> dict[str, str]:
    """Return what is known about the origin of the image: the version and the commit of Sygaldry, and the base."""
    base = state.engine.image(state.recipe.base)
    checkout = layout().checkout
    commit = run(Command(("git", "-C", checkout, "rev-parse", "HEAD"), timeout_s=_GIT_TIMEOUT_S)) if checkout else None
    revision = commit.out.strip() if commit and commit.ok else ""
    return image_annotations(state.recipe, __version__, revision, base.digests if base else ())


def chosen_builder(engine: str) -> str:
    """Return the builder of an engine. Raises MachineNotReadyError."""
    plugin, client = (run(question) for question in builders.questions()) if engine == "docker" else (None, None)
    if plugin is None or client is None:
        return builders.PODMAN
    return builders.builder_of(engine, plugin, client, os.environ)


def _build_locked(state: State, root: str, report: Report, *, force: bool) -> str:
    engine, folder = state.engine.name, Path(root, ledger.LOGS)
    leftovers.clean_up_killed_builds(folder)
    leftovers.remove_old_files(folder, _MOST_LOGS)
    kind = chosen_builder(engine)
    state = pull_base(state, root, report, refresh=force)
    stamp = ledger.log_stamp()
    log = f"{folder}/{stamp}.log"
    reasons = "; ".join(state.reasons) or "it is fresh; --force was given"
    report(f"image: building {state.name} with {engine} ({reasons}); log: {log}")
    if kind == builders.LEGACY:
        report(f"image: docker has no buildx plugin, so its slower legacy builder is used; {builders.INSTALL_BUILDX}")
    context = mkdtemp(prefix=f".context-{stamp}-", dir=folder)
    try:
        with _secrets(state, kind, context) as prepared, files.locked(leftovers.marker_of(log)) as marker:
            build = replace(prepared, no_cache=force, annotations=known_annotations(state))
            os.write(marker or -1, leftovers.marker_text(engine, build))
            _fill_context(Path(context, "files"), kind, state.settings)
            command = words.build_command(
                engine, state.name, state.recipe, f"{context}/files", build, caller=os.environ
            )
            _build_to_end(state, build, command, log, report)
            os.unlink(leftovers.marker_of(log))
    finally:
        rmtree(context, ignore_errors=True)
    _finish(state, root, build)
    report(f"image: {state.name} is built")
    return log


def _build_to_end(state: State, build: words.Build, command: Command, log: str, report: Report) -> None:
    """Run the build; however it ends, none of its containers remains."""
    try:
        code = _run_logged(command, log, report)
    except (StopSignal, KeyboardInterrupt) as stopped:
        leftovers.remove_containers(state.engine.name, build, log)
        os.unlink(leftovers.marker_of(log))
        if isinstance(stopped, KeyboardInterrupt):
            raise
        raise ImageError(
            f"the build of {state.name} was stopped by {stopped}", hint="start it again: sygaldry image build"
        ) from stopped
    if code != 0:
        leftovers.remove_containers(state.engine.name, build, log)
        os.unlink(leftovers.marker_of(log))
        why, hint = words.failure_cause(leftovers.read_log(log))
        raise ImageError(
            f"the image could not be built: {why or f'exit code {code}'}",
            hint=f"{hint}; " * bool(hint) + f"the whole log: {log}",
            command=command,
        )


@contextmanager
def _secrets(state: State, kind: str, context: str) -> Iterator[words.Build]:
    """Provide the site's certificates and mirrors for the build alone: they are in no argument and in no layer."""
    texts = {"mirror": state.settings.artifact_mirror, "pip_index": os.environ.get("PIP_INDEX_URL", "")}
    identity = os.urandom(8).hex()
    bundle = certificates()
    if kind != builders.LEGACY:
        paths = {name: _secret_file(f"{context}/{name}", text) for name, text in texts.items() if text}
        network = any(words.is_loopback(text) for text in texts.values())
        yield words.Build(identity, kind, {**({"ca": bundle} if bundle else {}), **paths}, host_network=network)
        return
    if "@" in texts["mirror"]:
        raise MachineNotReadyError(
            "the address of the artifact mirror contains a password, which docker's legacy builder cannot keep secret",
            hint=builders.INSTALL_BUILDX,
        )
    served = {name: text.encode() for name, text in texts.items() if text and "@" not in text}
    with serve({**served, **({"ca": Path(bundle).read_bytes()} if bundle else {})}) as host:
        yield words.Build(identity, kind, settings_host=host, host_network=bool(host))


def _secret_file(path: str, text: str) -> str:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, files.PRIVATE_FILE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def _fill_context(context: Path, kind: str, settings: Settings) -> None:
    """Copy the build context; the build cache must not depend on the user or the umask."""
    source = layout().container
    sources = {name: context_file(settings, source, name) for name in context_files(source)}
    dockerfile = builders.dockerfile_for(kind, sources.pop(DOCKERFILE).decode())
    prepared = arranged(dockerfile, sources)
    context.mkdir(mode=0o755)
    for name, content in {DOCKERFILE: prepared.dockerfile.encode(), **prepared.files}.items():
        target = context / name
        target.write_bytes(content)
        target.chmod(0o644)
        os.utime(target, (EPOCH, EPOCH))


def _run_logged(command: Command, log: str, report: Report) -> int:
    reported = 0
    with open(log, "xb", opener=_private) as output, closing(run_in_group(command, output, _PERIOD_S)) as states:
        code, progress = None, LogProgress(log, "image: building", report)
        for state in states:
            code = state
            progress.update()
            messages = words.script_messages(leftovers.read_log(log))
            for text in messages[reported:]:
                report(f"image: {text}")
            reported = len(messages)
    return 1 if code is None else code


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, files.PRIVATE_FILE)


def _finish(state: State, root: str, build: words.Build) -> None:
    """Record the new image as ours, and remove the one that it replaced if that was ours."""
    engine = state.engine
    new = engine.image(state.name)
    if new is None or new.labels.get("dev.sygaldry.build") != build.identity:
        raise ImageError(f"{engine.name} built {state.name}, but does not have it", hint="build again")
    ledger.record(root, engine, new.identity, state.name, build.identity)
    _remove_replaced(state, new, root)
    leftovers.remove_replaced_layers(engine.name, Path(root, ledger.LOGS))


def _remove_replaced(state: State, new: Image, root: str) -> None:
    """Remove the image that the new one replaced, if it is ours and has no other name.

    An image built FROM ours without a change has the same id as ours, and another name.
    """
    engine, old = state.engine, state.image
    if old is None or old.identity == new.identity or not ledger.is_recorded(root, engine, old):
        return
    now = engine.image(old.identity)
    # The engine refuses to remove an image while a container uses it.
    if now is not None and not now.tags and engine.remove(old.identity).ok:
        ledger.forget(root, engine, old.identity)
