"""Find the mirror that has the Debian packages of an image."""

from __future__ import annotations

import re
from typing import Final

from sygaldry.config.resolve import Resolved
from sygaldry.flows.image.base import source_lists
from sygaldry.image import base
from sygaldry.image.base import Archive
from sygaldry.model.errors import MachineNotReadyError

# The code names of releases, which mirrors use, by the versions that images are named with.
_SUITES: Final = {
    "debian:11": "bullseye", "debian:12": "bookworm", "debian:13": "trixie",
    "ubuntu20.04": "focal", "ubuntu22.04": "jammy", "ubuntu24.04": "noble",
    "ubuntu:20.04": "focal", "ubuntu:22.04": "jammy", "ubuntu:24.04": "noble",
}  # fmt: skip


def suite_of(image: str) -> str:
    """Return the release that an image is made of, as its name tells; empty if it does not."""
    for word, suite in _SUITES.items():
        if word in image or re.search(rf"[:/-]{suite}\b", image):
            return suite
    return ""


def archives_for(resolved: Resolved, mirror: str) -> tuple[Archive, ...]:
    """Return the archives of the image's release: of `mirror`, else of the setting, else of apt on this host.

    Raises MachineNotReadyError if there is none.
    """
    image = resolved.settings.base_image
    suite = suite_of(image)
    if not suite:
        raise MachineNotReadyError(f"the release of {image} is not known by its name", hint="name a mirror of it")
    address = mirror or resolved.settings.base_mirror
    if address:
        return (Archive(address, suite),)
    found = tuple(each for each in base.archives(source_lists()) if each.suite.partition("-")[0] == suite)
    if not found:
        raise MachineNotReadyError(
            f"apt on this machine knows no mirror of {suite}",
            hint="name one: sygaldry update --base --source debian=http://MIRROR/debian",
        )
    return found
