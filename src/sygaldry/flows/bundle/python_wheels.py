"""Gather the wheels of a project's Python locks, for the Python of the image."""

from __future__ import annotations

import errno
import os
import platform
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sygaldry.config.resolve import Resolved
from sygaldry.flows.image.archives import suite_of
from sygaldry.flows.lock.project_files import read_text
from sygaldry.host.programs import python_with_pip, uv_program
from sygaldry.host.run import run
from sygaldry.layout import layout
from sygaldry.lockfile.lock import ProjectLock
from sygaldry.model.command import Command, Completed
from sygaldry.model.errors import BundleError, NotFoundError

ALL: Final = "all"
# The Python of each release: https://packages.debian.org/python3, https://packages.ubuntu.com/python3.
_PYTHONS: Final = {"bullseye": "3.9", "bookworm": "3.11", "trixie": "3.13", "jammy": "3.10", "noble": "3.12"}
_OLDEST_GLIBC, _NEWEST_GLIBC = 5, 41  # minor versions of glibc 2 that platform tags name


def wheel_folders(
    chosen: tuple[str, ...], resolved: Resolved, workspace: str, lock: ProjectLock, scratch: Path
) -> Iterator[Path]:
    """Yield a folder with the wheels of each lock. Raises BundleError for a package without a wheel."""
    known = lock.of("python")
    paths = tuple(known) if ALL in chosen else chosen
    for path in paths:
        if path not in known:
            raise NotFoundError(f"the lock names no Python lock {path!r:.100}", hint="see them: sygaldry lock --check")
    requirements = [_requirements(f"{workspace}/{path}", scratch) for path in paths]
    if lock.of("huggingface"):  # what `hf-download` and the Hugging Face libraries need inside
        requirements.append(Path(layout().container, "requirements", "hf.txt"))
    python, version = python_with_pip(), python_version(resolved)
    for number, file in enumerate(requirements):
        folder = scratch / str(number)
        folder.mkdir(parents=True)
        done = run(_download(python, version, file, folder))
        if not done.ok:
            raise BundleError(
                f"the wheels of {file.name} for Python {version} cannot be gathered: {done.last_line}",
                hint=failure_hint(done, "a package without a wheel has to be built first: python3 -m pip wheel"),
            )
        yield folder


def python_version(resolved: Resolved) -> str:
    """Return the version of Python that uv-install uses in the image: the toolchain's, the release's, or this one's."""
    settings = resolved.settings
    if "python" in settings.toolchains:
        return settings.python_version
    return _PYTHONS.get(suite_of(settings.base_image), ".".join(platform.python_version_tuple()[:2]))


def _requirements(path: str, scratch: Path) -> Path:
    """Return a file of requirements with hashes; a uv.lock is exported as one."""
    folder, _, name = path.rpartition("/")
    if name != "uv.lock":
        return Path(path)
    read_text(path)  # a regular file of its own
    scratch.mkdir(parents=True, exist_ok=True)
    project = scratch / f"project-{len(list(scratch.iterdir()))}"
    project.mkdir()
    for each in ("pyproject.toml", "uv.lock"):
        shutil.copy(f"{folder}/{each}", project)
    words = ("export", "--quiet", "--frozen", "--no-emit-project", "--no-header", "--output-file")
    target = project / "requirements.txt"
    done = run(Command((uv_program(), *words, str(target), "--directory", str(project))))
    if not done.ok:
        raise BundleError(f"{path} cannot be exported: {done.last_line}", hint="is it damaged? uv lock --check")
    return target


def _download(python: str, version: str, file: Path, folder: Path) -> Command:
    machine = os.uname().machine
    tags = [f"manylinux_2_{minor}_{machine}" for minor in range(_OLDEST_GLIBC, _NEWEST_GLIBC)]
    platforms = [*tags, f"manylinux2014_{machine}", f"manylinux2010_{machine}", f"linux_{machine}"]
    return Command((
        python, "-m", "pip", "--disable-pip-version-check", "--quiet", "download",
        "--only-binary", ":all:", "--require-hashes", "--no-deps",
        "--python-version", version, "--implementation", "cp",
        *(word for each in platforms for word in ("--platform", each)),
        "--dest", str(folder), "--requirement", str(file),
    ))  # fmt: skip


def failure_hint(done: Completed, otherwise: str) -> str:
    """Return what to do about a program that failed: a full disk looks like any other failure."""
    return "free some space: df -h" if os.strerror(errno.ENOSPC) in f"{done.err}{done.out}" else otherwise
