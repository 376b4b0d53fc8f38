"""Check a foreign image once for what every launch needs: bash for the entrypoints, python3 for jobs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sygaldry.host import files
from sygaldry.host.run import run
from sygaldry.model.command import Command
from sygaldry.model.errors import ImageError, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sygaldry.flows.runtime.images import Engine, Image

_FOLDER = "build_logs/checked"
_TIMEOUT_S = 120
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_AWAY = ("cannot connect", "connection refused")
# Docker 125 and podman 125..127 mean that the shell itself could not start.
_NO_SHELL = (125, 126, 127)


def check_contract(  # noqa: PLR0913 - the facts of one check
    engine: Engine, name: str, image: Image, root: str, *, for_job: bool, report: Callable[[str], None]
) -> str:
    """Return a warning about an image, empty if it has everything. Raises ImageError if it cannot be used."""
    check_architecture(name, image.architecture)
    found = _known(root, image.identity)
    if found is None:
        report(f"image: checking {name} for bash and python3, once")
        found = _ask(engine, image)
        if found is None:
            return ""  # the start asks the same engine, and a job asks it again
        _save(root, image.identity, found)
    if "bash" not in found:
        raise ImageError(
            f"the image {name} has no bash, which every entrypoint needs",
            hint=f"add it to the image, or build ours on it: SYGALDRY_BASE_IMAGE={name} sygaldry image build",
        )
    if "python3" in found:
        return ""
    missing = f"the image {name} has no python3, which jobs and sygaldry inside need"
    if for_job:
        raise ImageError(missing, hint=f"add it to the image, or: SYGALDRY_BASE_IMAGE={name} sygaldry image build")
    return f"warning: {missing}"


def is_known_good(root: str, identity: str) -> bool:
    """Return whether an image was checked before and has everything; one open(), because every launch calls it."""
    try:
        with open(f"{root}/{_FOLDER}/{identity}", encoding="ascii") as file:
            found = file.read(64).split()
    except (OSError, UnicodeError):
        return False
    return "bash" in found and "python3" in found


def check_architecture(name: str, architecture: str) -> None:
    """Refuse an image of another architecture; an empty one is unknown. Raises ImageError."""
    own = _ARCHITECTURES.get(os.uname().machine, os.uname().machine)
    if architecture and architecture != own:
        raise ImageError(
            f"the image {name} is for {architecture}, this machine is {own}",
            hint=f"choose an image for {own}, or build one: --build",
        )


def _ask(engine: Engine, image: Image) -> tuple[str, ...] | None:
    """Run the image once, without a network and without our mounts; None if the engine is away."""
    script = "for each in bash python3; do command -v $each >/dev/null && echo $each; done; true"
    words = ("run", "--rm", "--pull=never", "--network=none", "--entrypoint=/bin/sh")
    argv = (engine.name, *words, image.identity, "-c", script)
    done = run(Command(argv, timeout_s=_TIMEOUT_S))
    if not done.ok and any(sign in done.err.lower() for sign in _AWAY):
        return None
    if not done.ok and done.returncode not in _NO_SHELL:
        raise ImageError(f"cannot look into the image: {done.last_line}", command=done.command)
    if done.returncode == _NO_SHELL[0] and "executable file" not in done.err and "no such file" not in done.err.lower():
        raise ImageError(f"cannot look into the image: {done.last_line}", command=done.command)
    return tuple(done.out.split())


def _known(root: str, identity: str) -> tuple[str, ...] | None:
    try:
        text = files.read_if_there(f"{root}/{_FOLDER}/{identity}")
    except StorageError:
        return None
    return None if text is None else tuple(text.split())


def _save(root: str, identity: str, found: tuple[str, ...]) -> None:
    for folder in (root, f"{root}/build_logs", f"{root}/{_FOLDER}"):
        files.make_folder(folder)
    files.replace(f"{root}/{_FOLDER}/{identity}", " ".join(found) + "\n")
