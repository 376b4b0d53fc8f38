"""Export an image as a SIF file, the form that Apptainer runs and that clusters copy around."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import file_digest

from sygaldry.config.resolve import Resolved
from sygaldry.flows.image.conversion import convert
from sygaldry.flows.image.sif import find_source
from sygaldry.flows.runtime.choose import availability_of
from sygaldry.image.sif import SifSource, archive_source
from sygaldry.model.errors import ImageError, NotFoundError, RuntimeMissingError
from sygaldry.model.machine import Machine
from sygaldry.model.report import Report


def image_export(  # noqa: PLR0913 - the facts of one export
    resolved: Resolved,
    machine: Machine,
    name: str,
    *,
    target: str,
    archive: str,
    report_progress: Callable[[str], None],
) -> Report:
    """Convert an image of an engine, of a registry, or in an archive into a SIF file."""
    availability = availability_of("apptainer", machine)
    if not availability.works:
        raise RuntimeMissingError(f"apptainer cannot run here: {availability.reason}", hint=availability.remedy)
    if os.path.exists(target):
        raise ImageError(f"{target} exists already", hint=f"remove it first: rm {target}")
    source = _archive(archive) if archive else find_source(name or resolved.settings.image, machine)
    convert(source, target, machine, report_progress)
    with open(target, "rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    size = os.stat(target).st_size
    lines = (
        f"wrote {target}, sha256 {digest}",
        f"to run it: SYGALDRY_ROOTFS={target} sygaldry launch --runtime apptainer",
    )
    return Report({"image": source.name, "sif": target, "sha256": digest, "size_bytes": size}, lines)


def _archive(path: str) -> SifSource:
    try:
        with open(path, "rb") as file:
            return archive_source(os.path.abspath(path), file_digest(file, "sha256").hexdigest())
    except OSError as error:
        raise NotFoundError(f"cannot read {path}: {error.strerror}", hint="name an archive that exists") from error
