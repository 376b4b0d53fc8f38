"""Refuse to start with another image than the one that the lock names."""

from __future__ import annotations

from sygaldry import runtimes
from sygaldry.flows.lock.file import load_lock, lock_path
from sygaldry.flows.runtime.images import engine_for
from sygaldry.lockfile.lock import CONTENT
from sygaldry.model.errors import ImageError
from sygaldry.model.machine import Machine


def require_locked_image(workspace: str, runtime: str, name: str, machine: Machine) -> None:
    """Compare the image that a runtime is about to start with the lock. Raises ImageError, LockError, NotFoundError.

    A lock that was made before the image was built names its recipe only; the plan has compared that already.
    """
    locked = load_lock(lock_path(workspace)).of("image").get(name)
    if locked is None:
        raise ImageError(f"sygaldry.lock names no image {name}", hint="lock again: sygaldry lock")
    engine = runtimes.get(runtime).builds
    if not engine:
        raise ImageError(
            f"--locked and --frozen demand the image {name}, and {runtime} does not run it",
            hint="choose --runtime docker or podman, or leave them out",
        )
    content = locked.facts.get(CONTENT, "")
    image = engine_for(engine, machine).image(name) if content else None
    if image is not None and image.content != content:
        raise ImageError(
            f"the image {name} is not the locked one: its layers are {image.content:.12}, not {content:.12}",
            hint="see what differs: sygaldry verify; or lock this one: sygaldry lock",
        )
