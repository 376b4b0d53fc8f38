"""The provenance of a run: what its image is, and the locks of its workspace."""

import os

from sygaldry import runtimes
from sygaldry.flows.launch.plan import Plan
from sygaldry.flows.runtime.images import engine_for
from sygaldry.host.machine import this_machine
from sygaldry.image.key import fingerprint
from sygaldry.image.labels import KEY
from sygaldry.model.errors import SygaldryError


def image_facts(plan: Plan) -> dict[str, str]:
    """Return the content key, the id and the registry's digest of the image that the run uses.

    A name can be moved to another image, an id and a digest cannot. Apptainer's file is named after its content.
    """
    facts = {"image_key": "", "image_id": "", "image_digest": ""}
    builds = runtimes.get(plan.runtime.name).builds
    if not builds:
        return facts | {"image_id": os.path.basename(plan.workspace.rootfs)}
    try:
        image = engine_for(builds, this_machine()).image(plan.workspace.image)
    except SygaldryError:  # the run goes on without these facts
        return facts
    if image is None:
        return facts
    digest = next((each for each in image.digests if _repository(each) == _repository(plan.workspace.image)), "")
    return {"image_key": image.labels.get(KEY, ""), "image_id": image.identity, "image_digest": digest}


def _repository(name: str) -> str:
    """Return an image's name without its tag and digest; a colon before the last slash belongs to a port."""
    head, slash, tail = name.partition("@")[0].rpartition("/")
    return f"{head}{slash}{tail.partition(':')[0]}"


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
