"""Run a command in the environment that `sygaldry up` started."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sygaldry.flows.launch.devcontainer import expander, project_variables
from sygaldry.flows.launch.entrypoint import find_entrypoint, require_consent
from sygaldry.flows.launch.options import env_files, variables, working_folder
from sygaldry.flows.running.container import enter, send_signal
from sygaldry.flows.running.record import RUNNING, load_record, running_environment, socket_path, state_of
from sygaldry.flows.running.staleness import stale_reason
from sygaldry.flows.storage.project import find_storage
from sygaldry.host.attach import run_attached
from sygaldry.host.env_file import load_env_file
from sygaldry.host.exec_client import run_client
from sygaldry.model.container_environment import passed
from sygaldry.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sygaldry.config.resolve import Resolved
    from sygaldry.flows.launch.request import Request
    from sygaldry.flows.running.record import RunningEnvironment
    from sygaldry.model.machine import Machine

# These shape the environment when it starts; a command that enters it cannot change them.
_FIXED = (
    "container_name", "cpus", "engine_option", "gpu", "image", "log_driver", "memory", "mounts", "network", "publish",
    "rootfs", "runtime", "shm_size",
)  # fmt: skip


def is_up(request: Request) -> bool:
    """Return whether the workspace's environment runs."""
    storage = find_storage(request.resolved, request.workspace).storage
    record = load_record(storage)
    return record is not None and state_of(storage, record) == RUNNING


def exec_in_environment(request: Request, machine: Machine, report_progress: Callable[[str], None]) -> int:
    """Run the command and return its exit code. Raises NotFoundError if nothing is up."""
    resolved, settings = request.resolved, request.resolved.settings
    entrypoint = find_entrypoint(settings.entrypoint, request.workspace)
    require_consent(entrypoint, resolved)
    storage = find_storage(resolved, request.workspace).storage
    record = running_environment(storage)
    _refuse_fixed_settings(resolved, record)
    project = resolved.project
    values, names = project_variables(project, settings.env) if project else variables(settings.env)
    paths = env_files(settings.env_file, record.runtime)
    inherited = tuple(name for name in passed(os.environ, (*settings.pass_environment, *names)) if name not in values)
    directory = working_folder(settings.workdir, request.folder, request.workspace)
    argv = ("/bin/bash", entrypoint.path, *request.command)
    if record.is_container and project:  # a sandbox sets them when it starts
        argv = (*expander(project, (*values, *names)), *argv)
    if not record.is_container:
        loaded = {name: value for path in paths for name, value in load_env_file(path).items()}
        own = {name: os.environ[name] for name in inherited if name in os.environ}
        environment = {**own, **loaded, **values}
        return run_attached(socket_path(storage), argv, environment, directory, terminal=request.terminal)
    if stale := stale_reason(record, machine):
        report_progress(f"warning: {stale}; start it anew: sygaldry down && sygaldry up")
    pid_file = f"/tmp/.sygaldry-exec-{os.urandom(6).hex()}"  # noqa: S108 - a path inside the container
    command = enter(
        record,
        argv,
        directory=directory,
        variables=values,
        passed=inherited,
        env_files=paths,
        interactive=request.interactive,
        terminal=request.terminal,
        pid_file=pid_file,
    )
    return run_client(command, lambda number: send_signal(record, pid_file, number))


def _refuse_fixed_settings(resolved: Resolved, record: RunningEnvironment) -> None:
    for name in _FIXED:
        is_same = name in ("image", "runtime") and getattr(record, name) == getattr(resolved.settings, name)
        if resolved.origins.get(name, "").startswith("--") and not is_same:
            flag = resolved.origins[name]
            raise UsageError(
                f"{flag} applies when the environment starts", hint=f"sygaldry down && sygaldry up {flag} ..."
            )
