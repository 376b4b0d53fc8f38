"""The provenance of a run: the key of its image and the locks of its workspace."""

import os

from sygaldry import runtimes
from sygaldry.flows.launch.plan import Plan
from sygaldry.flows.runtime.images import engine_for
from sygaldry.host.machine import this_machine
from sygaldry.image.key import fingerprint
from sygaldry.image.labels import KEY
from sygaldry.model.errors import SygaldryError


def image_key(plan: Plan) -> str:
    """Return the content key of the image that the run uses; empty for a foreign image, or none."""
    builds = runtimes.get(plan.runtime.name).builds
    if not builds:
        return ""
    try:
        image = engine_for(builds, this_machine()).image(plan.workspace.image)
    except SygaldryError:  # the run goes on without this fact
        return ""
    return image.labels.get(KEY, "") if image else ""


def lock_hashes(workspace: str) -> dict[str, str]:
    """Map each Spack environment of a workspace to the SHA-256 of its lock."""
    found = {}
    folder = f"{workspace}/pkg"
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
        try:
            with open(f"{folder}/{name}/spack.lock", "rb") as file:
                found[f"pkg/{name}"] = fingerprint(file.read())
        except OSError:
            continue
    return found
