"""Describe the workspace of a launch: mounts, identity, variables, and the words to run."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sygaldry.layout import layout
from sygaldry.model.identity import group, passwd
from sygaldry.model.inside import CERTIFICATES, SYGALDRY, WORKSPACE, environment, passed
from sygaldry.model.workspace import Identity, Mount, Workspace
from sygaldry.runtimes.docker import is_rootless

if TYPE_CHECKING:
    from sygaldry.flows.launch import Request
    from sygaldry.model.entrypoint import Entrypoint
    from sygaldry.model.machine import Machine
    from sygaldry.model.storage import Storage

_CERTIFICATE_BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")


def describe_workspace(
    request: Request, storage: Storage, entrypoint: Entrypoint, runtime: str, machine: Machine
) -> Workspace:
    """Return the workspace of a request; touches nothing."""
    settings = request.resolved.settings
    identity = _identity(runtime, machine)
    certificates = _certificates()
    wrapper = ("/bin/sh", f"{SYGALDRY}/container/restore-signals.sh") if runtime == "sandbox" else ()
    return Workspace(
        name=f"sygaldry-{storage.project.lower()}-{os.urandom(4).hex()}",
        project=storage.project,
        image=settings.image,
        argv=(*wrapper, "/bin/bash", entrypoint.path, *request.command),
        identity=identity,
        mounts=(
            Mount(str(request.workspace), WORKSPACE, writable=True),
            *(Mount(str(source), target, writable=True) for source, target in storage.mounted().items()),
            *_own_mounts(),
            *_identity_mounts(storage, identity),
            *([Mount(certificates, CERTIFICATES)] if certificates else []),
            *(_extra(each) for each in settings.mounts),
        ),
        environment=environment(storage.project, runtime, certificates=bool(certificates)),
        passed=passed(os.environ, settings.pass_environment),
        labels={"dev.sygaldry.project": storage.project, "dev.sygaldry.kind": "launch"},
        network=settings.network,
        shm_size=settings.shm_size.lower(),
        rootfs=settings.rootfs and str(Path(settings.rootfs).expanduser().absolute()),
        interactive=request.interactive,
        terminal=request.terminal,
    )


def identity_files(storage: Storage, identity: Identity) -> dict[Path, str]:
    """Return the passwd and group of an identity and where they are kept."""
    folder = storage.own
    name = f"{identity.uid}-{identity.gid}"
    return {folder / f"passwd-{name}": passwd(identity), folder / f"group-{name}": group(identity)}


def _identity(runtime: str, machine: Machine) -> Identity:
    if runtime == "docker" and is_rootless(machine):
        return Identity(0, 0)
    return Identity(machine.uid, machine.gid, machine.groups)


def _identity_mounts(storage: Storage, identity: Identity) -> tuple[Mount, ...]:
    passwd_path, group_path = identity_files(storage, identity)
    return (Mount(str(passwd_path), "/etc/passwd"), Mount(str(group_path), "/etc/group"))


def _own_mounts() -> tuple[Mount, ...]:
    """Show Sygaldry itself, read-only, at the same place whether it is a checkout or installed."""
    own = layout()
    folders = ((own.container, "container"), (own.tools, "tools"), (own.package, "src/sygaldry"))
    mounts = tuple(Mount(str(path), f"{SYGALDRY}/{name}") for path, name in folders)
    return (*mounts, Mount(uv, f"{SYGALDRY}/bin/uv")) if (uv := _uv()) else mounts


@cache
def _uv() -> str:
    """Find the uv that came with us, beside our own interpreter: one static file that runs in any image."""
    import sys  # only here

    candidate = Path(sys.prefix) / "bin" / "uv"
    return str(candidate) if candidate.is_file() else ""


def _certificates() -> str:
    """Find the host's trusted certificates: a site with its own authority has it only there."""
    said = os.environ.get("SSL_CERT_FILE", "")
    return next((each for each in (said, *_CERTIFICATE_BUNDLES) if each.startswith("/") and Path(each).is_file()), "")


def _extra(text: str) -> Mount:
    source, target, *mode = text.split(":")
    return Mount(source, target, writable=mode != ["ro"])
