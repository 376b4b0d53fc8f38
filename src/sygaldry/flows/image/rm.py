"""Remove an image that this project built."""

from __future__ import annotations

from sygaldry.config.resolve import Resolved
from sygaldry.flows.image import ledger
from sygaldry.flows.image.which_engine import engine_name
from sygaldry.flows.runtime.images import Image, engine_for
from sygaldry.flows.storage.project import storage_roots
from sygaldry.image import labels
from sygaldry.image.names import is_own
from sygaldry.model.errors import ImageError, NotFoundError
from sygaldry.model.machine import Machine
from sygaldry.model.report import Report


def image_rm(resolved: Resolved, machine: Machine, name: str) -> Report:
    """Remove the image of the settings, or the one named, if it is recorded as ours by its id."""
    engine = engine_for(engine_name(resolved, machine), machine)
    wanted = name or resolved.settings.image
    found = engine.image(wanted)
    if found is None:
        raise NotFoundError(f"{engine.name} has no image {wanted}", hint=f"list them: {engine.name} images")
    root = next((each for each in storage_roots(resolved) if ledger.is_recorded(each, engine, found)), "")
    is_ours = (
        bool(root) and (is_own(wanted) or ledger.recorded_name(root, engine, found) == wanted)
    ) or _is_named_by_us(wanted, found)
    if not is_ours:
        raise ImageError(
            f"{wanted} was not made by Sygaldry from this storage, and is not removed",
            hint=f"remove it yourself: {engine.name} rmi {wanted}",
        )
    done = engine.remove(wanted)
    if not done.ok:
        raise ImageError(f"{wanted} could not be removed: {done.last_line}", command=done.command)
    if root:
        ledger.forget(root, engine, found.identity)
    return Report({"image": wanted, "engine": engine.name, "removed": True}, (f"removed {wanted}",))


def _is_named_by_us(name: str, image: Image) -> bool:
    """Return whether an image was built before builds were recorded: under its own name, and without a build id.

    Of a recorded image the name decides: one built FROM ours without a change has the same id, and another name.
    """
    return labels.BUILD not in image.labels and image.labels.get(labels.NAME) == name
