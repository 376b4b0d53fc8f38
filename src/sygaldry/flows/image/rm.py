"""Remove an image that Sygaldry made."""

from __future__ import annotations

from sygaldry.config.resolve import Resolved
from sygaldry.flows.image.which_engine import engine_name
from sygaldry.flows.runtime.images import engine_for
from sygaldry.image import labels
from sygaldry.model.errors import ImageError, NotFoundError
from sygaldry.model.machine import Machine
from sygaldry.model.report import Report


def image_rm(resolved: Resolved, machine: Machine, name: str) -> Report:
    """Remove the image of the settings, or the one named, if it carries our label."""
    engine = engine_for(engine_name(resolved, machine), machine)
    wanted = name or resolved.settings.image
    found = engine.image(wanted)
    if found is None:
        raise NotFoundError(f"{engine.name} has no image {wanted}", hint=f"see: {engine.name} images")
    if labels.KIND not in found.labels:
        raise ImageError(
            f"{wanted} was not made by Sygaldry and is not removed",
            hint=f"remove it yourself: {engine.name} rmi {wanted}",
        )
    done = engine.remove(wanted)
    if not done.ok:
        raise ImageError(f"{wanted} could not be removed: {done.last_line}", command=done.command)
    return Report({"image": wanted, "engine": engine.name, "removed": True}, (f"removed {wanted}",))
