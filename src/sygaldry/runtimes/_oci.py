"""The arguments of `run` that docker and podman share.

https://docs.docker.com/reference/cli/docker/container/run/
"""

from __future__ import annotations

from sygaldry.model.errors import UsageError
from sygaldry.model.workspace import LAUNCH_LABEL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sygaldry.model.workspace import Mount, Workspace

# Root owns what it mounts on the host; without these, root could not write into a checkout of another user.
_ROOT_KEEPS = ("CHOWN", "DAC_OVERRIDE", "FOWNER")


def mount(each: Mount) -> str:
    """Format a bind mount. The field separator is a comma, so docker reads the value as one line of CSV."""
    fields = ["type=bind", _field("source", each.source), _field("target", each.target)]
    return ",".join(fields if each.writable else [*fields, "readonly"])


def run_arguments(workspace: Workspace, user: tuple[str, ...]) -> tuple[str, ...]:
    """Format everything between `run` and the image that both engines accept."""
    return (
        # The engine's record of a job's end is evidence; the process that waits for the job removes the container.
        *([] if workspace.detached else ["--rm"]),
        "--init", "--pull=never",
        "--name", workspace.name,
        "--hostname", workspace.hostname,
        *(f"--label={name}={value}" for name, value in workspace.labels.items()),
        *_streams(workspace),
        *user,
        *_privileges(workspace),
        "--network", workspace.network,
        "--shm-size", workspace.shm_size,
        # By default the engine allows the same amount of swap on top, and a job that swaps makes no progress.
        *(["--memory", workspace.memory, "--memory-swap", workspace.memory] if workspace.memory else []),
        *(["--pids-limit", workspace.pids_limit] if workspace.pids_limit else []),
        *(["--cpus", workspace.cpus] if workspace.cpus else []),
        *(f"--publish={port}" for port in workspace.ports),
        *(word for each in workspace.mounts for word in ("--mount", mount(each))),
        # The engine's client reads the files, so that their values are in no argument list; --env overrides them.
        *(f"--env-file={path}" for path in workspace.env_files),
        *_environment({**workspace.environment, **workspace.variables}, workspace.passed),
        *workspace.gpus,
        *(f"--device={node}" for node in workspace.devices),
        "--workdir", workspace.directory,
        # Replaces the image's own entrypoint, which would otherwise run first.
        "--entrypoint", workspace.argv[0],
        *workspace.options,
    )  # fmt: skip


def command_words(workspace: Workspace) -> tuple[str, ...]:
    """Return the image and what follows it."""
    return (workspace.image, *workspace.argv[1:])


def state_words(engine: str, name: str) -> tuple[str, ...]:
    """Format the question for a container's id, status, process and the mark of its launch."""
    wanted = ("{{.Id}}", "{{.State.Status}}", "{{.State.Pid}}", f'{{{{index .Config.Labels "{LAUNCH_LABEL}"}}}}')
    return (engine, "container", "inspect", "--format", " ".join(wanted), name)


def kill_words(engine: str, name: str, number: int) -> tuple[str, ...]:
    """Format a signal for the first process of a container, which passes it on to the command."""
    return (engine, "kill", f"--signal={number}", name)


def stop_words(engine: str, name: str, seconds: int) -> tuple[str, ...]:
    """Format SIGTERM for a container and SIGKILL after so many seconds, which Docker sends even without its client."""
    return (engine, "stop", f"--time={seconds}", name)


def groups(workspace: Workspace) -> Iterable[str]:
    """Format the caller's supplementary groups by number; the image has no names for them."""
    return (f"--group-add={gid}" for gid in workspace.identity.groups if gid != workspace.identity.gid)


def _streams(workspace: Workspace) -> tuple[str, ...]:
    if workspace.detached:
        # A job writes its own log, which the engine's driver would copy for 35 CPU seconds a GB. The driver holds one
        # line that names that log, so that `docker logs` has an answer.
        return ("--detach", "--log-driver", "json-file")
    return (
        *(["--interactive"] if workspace.interactive else []),
        *(["--tty"] if workspace.terminal else []),
        # By default an attached container needs no second copy of its output on the host's disk.
        "--log-driver", workspace.log_driver,
    )  # fmt: skip


def _privileges(workspace: Workspace) -> tuple[str, ...]:
    kept = _ROOT_KEEPS if workspace.identity.uid == 0 else ()
    return ("--cap-drop=ALL", *(f"--cap-add={name}" for name in kept), "--security-opt", "no-new-privileges")


def _environment(own: Mapping[str, str], passed: tuple[str, ...]) -> tuple[str, ...]:
    # A name without a value makes the client pass its own value, so that no secret is in an argument list.
    return (*(f"--env={name}={value}" for name, value in own.items()), *(f"--env={name}" for name in passed))


def _field(key: str, path: str) -> str:
    if "\n" in path or "\r" in path:
        raise UsageError(
            f"cannot mount {path!r}: container engines accept no line break in a path",
            hint="rename the folder, or use --runtime sandbox, which can",
        )
    text = f"{key}={path}"
    if "," in text or '"' in text:
        return '"' + text.replace('"', '""') + '"'
    return text
