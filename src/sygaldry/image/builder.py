"""Which builder an engine has, and what each one needs: BuildKit, Docker's legacy builder, or podman."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sygaldry.model.command import Command
from sygaldry.model.errors import MachineNotReadyError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sygaldry.model.command import Completed

BUILDKIT: Final = "buildkit"
LEGACY: Final = "legacy"
PODMAN: Final = "podman"

INSTALL_BUILDX: Final = "install it: sudo apt-get install docker-buildx (Docker's own packages: docker-buildx-plugin)"
_LAST_WITH_BUILDKIT_INSIDE: Final = 22  # from 23 on the client needs the buildx plugin
# The commands of the Dockerfile that get the secrets of the build.
_RUN: Final = re.compile(r'^RUN (?=\["/bin/bash")', re.MULTILINE)
SECRETS: Final = ("ca", "mirror", "pip_index")
# In a file system that is in no layer: the mount point under /run would change the time of that folder.
_SECRETS_FOLDER: Final = "/dev/sygaldry"


def questions() -> tuple[Command, Command]:
    """Return the probes: is the plugin there, and how old is the client?"""
    return (
        Command(("docker", "buildx", "version"), timeout_s=20),
        Command(("docker", "version", "--format", "{{.Client.Version}}"), timeout_s=20),
    )


def builder_of(engine: str, plugin: Completed, client: Completed, caller: Mapping[str, str]) -> str:
    """Return the builder of an engine. Raises MachineNotReadyError if the caller demands one that is missing."""
    if engine != "docker":
        return PODMAN
    requested = caller.get("DOCKER_BUILDKIT", "")
    if requested == "0":
        return LEGACY
    if plugin.ok and "unknown command" not in plugin.out + plugin.err:
        return BUILDKIT
    major = client.out.strip().partition(".")[0]
    if major.isdigit() and int(major) <= _LAST_WITH_BUILDKIT_INSIDE:
        return BUILDKIT
    if requested:
        raise MachineNotReadyError("DOCKER_BUILDKIT is set, but docker has no buildx plugin", hint=INSTALL_BUILDX)
    return LEGACY


def dockerfile_for(builder: str, text: str) -> str:
    """Return the Dockerfile with the secrets of the build mounted; the legacy builder cannot mount any."""
    if builder == LEGACY:
        return text
    mounts = " ".join(f"--mount=type=secret,id={name},target={_SECRETS_FOLDER}/{name}" for name in SECRETS)
    return _RUN.sub(f"RUN {mounts} ", text)
