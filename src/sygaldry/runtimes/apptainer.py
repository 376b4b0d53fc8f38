"""Apptainer: the runtime of clusters; the caller stays the caller."""

from __future__ import annotations

from sygaldry.model.command import Command, Completed
from sygaldry.runtimes import Availability

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Final

    from sygaldry.model.machine import Machine
    from sygaldry.model.workspace import Mount, Workspace
    from sygaldry.runtimes import Answer, Question, Runtime

_PREFIX = "APPTAINERENV_"
_INSTALL = "see https://apptainer.org/docs/admin/latest/installation.html, or ask the cluster's staff for the module"

_UNSUPPORTED: Mapping[str, str] = {
    "publish": "it shares the host's network, where a server is reachable at its own port",
    "container_name": "its containers have no names; `sygaldry up` names an instance",
    "log_driver": "it keeps no log",
}


class Apptainer:
    """Turns a workspace into `apptainer exec` on an unpacked root, a SIF file or an image of a registry."""

    title = "Apptainer"
    builds = ""
    foreground = True
    probed_by_launch = False
    unsupported = _UNSUPPORTED

    def ask(self, machine: Machine) -> tuple[Question, ...]:
        """Ask for the version."""
        if "apptainer" not in machine.programs:
            return ()
        return (Command(("apptainer", "version"), timeout_s=10),)

    def judge(self, machine: Machine, answers: tuple[Answer, ...]) -> Availability:
        """Read the version or the reason."""
        if not answers:
            return Availability(False, "no apptainer is installed", _INSTALL)
        answer = answers[0]
        if isinstance(answer, Completed) and answer.ok:
            return Availability(True, version=answer.out.strip())
        reason = answer.last_line if isinstance(answer, Completed) else "no answer"
        return Availability(False, f"it does not answer ({reason})", "see what it says: apptainer version")

    def launch(self, workspace: Workspace, machine: Machine) -> Command:
        """Format `apptainer exec`: https://apptainer.org/docs/user/latest/cli/apptainer_exec.html."""
        arguments = (
            "--silent", "exec", "--cleanenv", "--containall", "--no-home", "--no-privs",
            "--hostname", workspace.hostname,
            "--pwd", workspace.directory,
            *(word for each in workspace.mounts for word in ("--mount", _mount(each))),
            *(["--net", "--network", "none"] if workspace.network == "none" else []),
            *(["--memory", workspace.memory] if workspace.memory else []),
            *(["--pids-limit", workspace.pids_limit] if workspace.pids_limit else []),
            *(["--cpus", workspace.cpus] if workspace.cpus else []),
            *workspace.gpus,
            *workspace.options,
            workspace.rootfs or f"docker://{workspace.image}",
            *workspace.argv,
        )  # fmt: skip
        # Apptainer hands on what is prefixed, so that no value is ever an argument.
        variables = {**workspace.environment, **workspace.variables}
        return Command(
            ("apptainer", *arguments),
            environment={f"{_PREFIX}{name}": value for name, value in variables.items()},
            passed=workspace.passed,
            prefix=_PREFIX,
            env_files=workspace.env_files,
        )

    def remove(self, name: str) -> tuple[str, ...]:
        """Nothing outlives it: `--containall` gives it a process namespace of its own."""
        return ()


def _mount(each: Mount) -> str:
    fields = ["type=bind", _field("source", each.source), _field("destination", each.target)]
    return ",".join(fields if each.writable else [*fields, "ro"])


def _field(key: str, path: str) -> str:
    text = f"{key}={path}"
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\n') else text


RUNTIME: Final[Runtime] = Apptainer()
