"""Provide the SIF file of an image for Apptainer, from a cache whose keys are the content of images."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sygaldry.flows.runtime.images import Engine, engine_for
from sygaldry.image.names import registry_of
from sygaldry.image.sif import FOLDER, SifSource, registry_source
from sygaldry.model.errors import ImageError, SygaldryError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sygaldry.model.machine import Machine

    Report = Callable[[str], None]


def find_sif(name: str, root: str, machine: Machine) -> str:
    """Return the cached SIF file of an image, or an empty string; asks only engines that answer at once."""
    if docker := _docker_source(name, machine):
        path = sif_path(root, docker.key)
        return path if os.path.exists(path) else ""
    candidates = (sif_path(root, registry_source(name).key), _remembered(root, name))
    return next((each for each in candidates if each and os.path.exists(each)), "")


def find_source(name: str, machine: Machine) -> SifSource:
    """Return where an image can be converted from. Raises ImageError: no public registry is guessed."""
    if found := _docker_source(name, machine) or _podman_source(name, machine):
        return found
    if registry_of(name):
        from sygaldry.flows.image.registry_facts import facts_of

        return registry_source(name, *facts_of(name))
    raise ImageError(
        f"no engine on this machine has the image {name}, and apptainer does not search public registries for it",
        hint="where Docker is: sygaldry image export --sif FILE.sif; then here: SYGALDRY_ROOTFS=FILE.sif. Or name the "
        f"registry: SYGALDRY_IMAGE=REGISTRY/{name}",
    )


def ensure_sif(source: SifSource, root: str, machine: Machine, report: Report) -> str:
    """Return the SIF file of a source, converted if the cache does not have it. Raises ImageError."""
    from sygaldry.host import files

    path = sif_path(root, source.key)
    for folder in (root, f"{root}/{FOLDER}"):
        files.make_folder(folder)
    with files.locked(f"{path}.lock", wait=False) as lock:
        if lock is not None:
            return path if os.path.exists(path) else _convert_and_remember(source, path, root, machine, report)
    report(f"image: waiting for another conversion of {source.name}")
    with files.locked(f"{path}.lock"):
        return path if os.path.exists(path) else _convert_and_remember(source, path, root, machine, report)


def sif_path(root: str, key: str) -> str:
    """Return the place of a SIF file in the cache."""
    return f"{root}/{FOLDER}/{key}.sif"


def _convert_and_remember(source: SifSource, path: str, root: str, machine: Machine, report: Report) -> str:
    from sygaldry.flows.image.conversion import convert
    from sygaldry.host import files

    convert(source, path, machine, report)
    files.replace(_memory(root, source.name), path)
    return path


def _remembered(root: str, name: str) -> str:
    """Return the SIF file that this name had last; podman would take half a second to say the same."""
    try:
        with open(_memory(root, name), encoding="utf-8") as file:
            path = file.read(4096)
    except (OSError, UnicodeError):
        return ""
    return path if path.startswith(f"{root}/{FOLDER}/") and "/../" not in path else ""


def _memory(root: str, name: str) -> str:
    return f"{root}/{FOLDER}/{registry_source(name).key}.path"


def _docker_source(name: str, machine: Machine) -> SifSource | None:
    return _source_in(engine_for("docker", machine), name) if "docker" in machine.programs else None


def _podman_source(name: str, machine: Machine) -> SifSource | None:
    return _source_in(engine_for("podman", machine), name) if "podman" in machine.programs else None


def _source_in(engine: Engine, name: str) -> SifSource | None:
    try:
        image = engine.image(name)
    except SygaldryError:  # an engine that does not answer has no image for us
        return None
    return SifSource(name, image.identity[:32], engine=engine.name, architecture=image.architecture) if image else None
