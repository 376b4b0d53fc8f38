"""Describe the workspace of a launch: mounts, identity, variables and the command."""

from __future__ import annotations

import os
import sys

from sygaldry.flows.launch.options import env_files, published, variables, working_folder
from sygaldry.flows.storage.identity import identity_files
from sygaldry.host.certificates import certificates
from sygaldry.layout import layout
from sygaldry.model.container_environment import (
    CERTIFICATES,
    LOAD_SECRETS,
    OFFLINE,
    SECRETS,
    SYGALDRY,
    TOKENS,
    WORKSPACE,
    environment,
    passed,
    secret_names,
)
from sygaldry.model.errors import UsageError
from sygaldry.model.storage import JOBS, JOBS_INSIDE
from sygaldry.model.workspace import LAUNCH_LABEL, Identity, Mount, Workspace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.flows.launch.request import Request
    from sygaldry.flows.runtime.choose import RuntimeChoice
    from sygaldry.model.entrypoint import Entrypoint
    from sygaldry.model.machine import Machine
    from sygaldry.model.storage import Storage

_ENGINES = ("docker", "podman")  # they keep the variables of a container where `inspect` shows them

# What a launch from a checkout runs on the host: programs, their Python environments, and what these are made from.
_PROTECTED = ("tools", "container", "locks", "src/sygaldry", ".venv", ".venv-dev")


def describe_workspace(
    request: Request, storage: Storage, entrypoint: Entrypoint, choice: RuntimeChoice, machine: Machine
) -> Workspace:
    """Return the workspace of a request without changing anything."""
    settings = request.resolved.settings
    project = request.resolved.project
    runtime = choice.name
    alias = project.user if project else ""
    # The root of a rootless engine is the caller; any other id inside would be a stranger.
    identity = (
        Identity(0, 0, alias=alias) if choice.rootless else Identity(machine.uid, machine.gid, machine.groups, alias)
    )
    bundle = certificates()
    values, names = variables(settings.env)
    words: tuple[str, ...] = ()
    mounts = settings.mounts
    options = settings.engine_option
    volumes: tuple[Mount, ...] = ()
    if project:
        from sygaldry.flows.launch.devcontainer import all_mounts, expander, project_variables, volume_mounts

        volumes = volume_mounts(project, storage, settings.mounts)
        options = (*(project.options if runtime in _ENGINES else ()), *options)
        values, names = project_variables(project, settings.env)
        words, mounts = expander(project, (*values, *names)), all_mounts(project, settings.mounts)
    if settings.offline:
        values = {**OFFLINE, **values}
    if settings.locked or settings.frozen:
        # Entrypoints and `sygaldry` inside keep to the lock, too.
        values = {"SYGALDRY_FROZEN" if settings.frozen else "SYGALDRY_LOCKED": "1", **values}
    name = settings.container_name or f"sygaldry-{storage.project.lower()}-{os.urandom(4).hex()}"
    wanted = (*settings.pass_environment, *names, *(TOKENS if settings.trust_workspace else entrypoint.tokens))
    received = tuple(each for each in passed(os.environ, wanted) if each not in values)
    # What an engine is given as a variable shows in `docker inspect`; the caller's own choices may be secrets.
    secrets = secret_names(received, os.environ, wanted) if runtime in _ENGINES else ()
    secret_file = storage.at(".sygaldry", "secrets", name, "environment") if secrets else ""
    wrapper = LOAD_SECRETS if secrets else _wrapper(runtime)
    return Workspace(
        name=name,
        project=storage.project,
        image=settings.image,
        argv=(*wrapper, *words, "/bin/bash", entrypoint.path, *request.command),
        identity=identity,
        mounts=(
            Mount(os.fspath(request.workspace), WORKSPACE, writable=True),
            *_protected_mounts(os.fspath(request.workspace)),
            *(Mount(source, target, writable=True) for source, target in storage.mounted().items()),
            Mount(storage.at(JOBS), JOBS_INSIDE),
            *_own_mounts(),
            *_identity_mounts(storage, identity),
            *([Mount(bundle, CERTIFICATES)] if bundle else []),
            *(_host_folders(settings.host_folders) if runtime == "sandbox" and not settings.rootfs else ()),
            *volumes,
            *(_extra(each) for each in mounts),
            *([Mount(os.path.dirname(secret_file), SECRETS, writable=True)] if secret_file else []),
        ),
        environment=environment(storage.project, runtime, certificates=bool(bundle)),
        variables=values,
        env_files=env_files(settings.env_file, runtime),
        passed=tuple(each for each in received if each not in secrets),
        secrets=secrets,
        secret_file=secret_file,
        labels={
            "dev.sygaldry.project": storage.project,
            "dev.sygaldry.kind": "launch",
            **({LAUNCH_LABEL: os.urandom(8).hex()} if settings.container_name else {}),
        },
        directory=working_folder(settings.workdir, request.folder, request.workspace),
        network=settings.network,
        ports=published(settings.publish),
        shm_size=settings.shm_size.lower(),
        memory=settings.memory.lower(),
        pids_limit=settings.pids_limit,
        cpus=settings.cpus,
        log_driver=settings.log_driver,
        options=options,
        rootfs=settings.rootfs and os.path.abspath(os.path.expanduser(settings.rootfs)),
        scratch=_scratch(name, runtime, machine),
        interactive=request.interactive,
        terminal=request.terminal,
        hidden=(storage.root,),
    )


def _wrapper(runtime: str) -> tuple[str, ...]:
    script = {"sandbox": "restore-signals.sh", "apptainer": "report-start.sh"}.get(runtime)
    return ("/bin/sh", f"{SYGALDRY}/container/{script}") if script else ()


def _scratch(name: str, runtime: str, machine: Machine) -> str:
    """Return a folder for /tmp: an ordinary user gets only 64 MB from Apptainer (sessiondir max size)."""
    if runtime != "apptainer" or machine.uid == 0:
        return ""
    folder = os.environ.get("TMPDIR", "")
    return f"{folder if folder.startswith('/') else '/tmp'}/{name}"  # noqa: S108 - random name, created with mode 0700


def _identity_mounts(storage: Storage, identity: Identity) -> tuple[Mount, ...]:
    passwd_path, group_path = identity_files(storage, identity)
    return (Mount(passwd_path, "/etc/passwd"), Mount(group_path, "/etc/group"))


def _own_mounts() -> tuple[Mount, ...]:
    """Mount Sygaldry itself, read-only, at the same place for a checkout and for an installation."""
    own = layout()
    folders = ((own.container, "container"), (own.tools, "tools"), (own.package, "src/sygaldry"))
    mounts = tuple(Mount(path, f"{SYGALDRY}/{name}") for path, name in folders)
    return (*mounts, Mount(uv, f"{SYGALDRY}/bin/uv")) if (uv := _uv()) else mounts


def _protected_mounts(workspace: str) -> tuple[Mount, ...]:
    """Mount what this host runs of Sygaldry read-only over its own checkout, so that code inside cannot rewrite it.

    Raises UsageError for a link: a mount would cover what it points to, and leave the link itself writable.
    """
    if workspace != layout().checkout:
        return ()
    for name in _PROTECTED:
        if os.path.islink(f"{workspace}/{name}"):
            raise UsageError(
                f"{workspace}/{name} is a link, which a command inside could point elsewhere for this host to run",
                hint="replace the link with the folder itself",
            )
    present = (name for name in _PROTECTED if os.path.isdir(f"{workspace}/{name}"))
    return tuple(Mount(f"{workspace}/{name}", f"{WORKSPACE}/{name}") for name in present)


def _uv() -> str:
    """Find the uv of our own Python environment: one static file that runs in any image."""
    places = [f"{folder}/../../../bin/uv" for folder in sys.path if folder.endswith("site-packages")]
    places.append(f"{layout().package}/../bin/uv")  # where the installer of a bundle puts it
    return next((os.path.normpath(path) for path in places if os.path.isfile(path)), "")


def _host_folders(folders: tuple[str, ...]) -> tuple[Mount, ...]:
    """Show a site's own folders in the sandbox at their own paths, as far as this host has them."""
    return tuple(Mount(each.rstrip("/"), each.rstrip("/")) for each in folders if os.path.isdir(each))


def _extra(text: str) -> Mount:
    source, target, *mode = text.split(":")
    if not os.path.exists(source):
        # Docker and podman would say so themselves, each in its own way, after the image was built.
        raise UsageError(f"cannot mount {source}: it does not exist on this host", hint=f"create it: mkdir -p {source}")
    return Mount(source, target, writable=mode != ["ro"])
