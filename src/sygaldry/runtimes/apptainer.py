"""Apptainer: the runtime of clusters, without a daemon; the caller keeps the same ids inside."""

from __future__ import annotations

from sygaldry.model.command import Command, Completed
from sygaldry.model.errors import UsageError
from sygaldry.model.identity import HOME
from sygaldry.runtimes import Availability

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Final

    from sygaldry.model.machine import Machine
    from sygaldry.model.workspace import Mount, Workspace
    from sygaldry.runtimes import Answer, Question, Runtime

_PREFIX = "APPTAINERENV_"
START_DESCRIPTOR = 9  # report-start.sh writes to it when the container has started

_INSTALL = (
    "see https://apptainer.org/docs/admin/latest/installation.html; on a cluster load its module: module load apptainer"
)
_NO_FUSE = (
    "this user cannot open /dev/fuse, without which a SIF file is mounted only by its setuid part",
    "sudo chmod 0666 /dev/fuse; or unpack it: apptainer build --sandbox FOLDER FILE.sif; then SYGALDRY_ROOTFS=FOLDER",
)
# What Apptainer itself needs of the caller. Its other variables (APPTAINER_BIND, APPTAINERENV_*) would change the
# container behind the settings' back.
_OWN_VARIABLES = (
    "PATH", "HOME", "USER", "TMPDIR", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "APPTAINER_CONFIGDIR",
    "APPTAINER_TMPDIR", "APPTAINER_CACHEDIR",
)  # fmt: skip
# The same as for docker: root could not write into a checkout of another user without them.
_ROOT_KEEPS = "CAP_CHOWN,CAP_DAC_OVERRIDE,CAP_FOWNER"

_UNSUPPORTED: Mapping[str, str] = {
    "publish": "it shares the host's network, where a server is reachable at its own port",
    "container_name": "its containers have no names",
    "log_driver": "it keeps no log",
}


class Apptainer:
    """Formats `apptainer exec` on an image file or an unpacked root."""

    title = "Apptainer"
    builds = ""
    tested: tuple[str, ...] = ("1.4",)
    tested_as: tuple[str, ...] = ("root", "user")
    stays_up = False
    foreground = True
    start_marker = True
    probed_by_launch = False
    unsupported = _UNSUPPORTED

    def ask(self, machine: Machine) -> tuple[Question, ...]:
        """Ask for the version."""
        if "apptainer" not in machine.programs:
            return ()
        return (Command((machine.programs["apptainer"], "version"), timeout_s=30),)

    def judge(self, machine: Machine, answers: tuple[Answer, ...]) -> Availability:
        """Return the version, or the reason why Apptainer fails."""
        if not answers:
            return Availability(False, "no apptainer is installed", _INSTALL)
        answer = answers[0]
        if not isinstance(answer, Completed) or not answer.ok:
            reason = answer.last_line if isinstance(answer, Completed) else "no answer"
            return Availability(False, f"it does not answer ({reason})", "show its message: apptainer version")
        if machine.uid != 0 and machine.kernel.get("max_user_namespaces") == "0":
            return Availability(
                False,
                "the kernel allows no user namespaces (user.max_user_namespaces is 0), which it needs without setuid",
                "sudo sysctl -w user.max_user_namespaces=15000, or install its setuid part: apptainer-suid",
            )
        without_fuse = machine.uid != 0 and machine.kernel.get("fuse") == "closed"
        return Availability(True, version=answer.out.strip(), problems=(_NO_FUSE,) if without_fuse else ())

    def launch(self, workspace: Workspace, machine: Machine) -> Command:
        """Format `apptainer exec`: https://apptainer.org/docs/user/latest/cli/apptainer_exec.html."""
        home = next((each for each in workspace.mounts if each.target == HOME), None)
        arguments = (
            # Quiet hides its progress, not its warnings. Without --no-eval, a shell would expand variables' values.
            "--quiet", "exec", "--cleanenv", "--containall", "--no-eval", "--no-privs",
            *(["--add-caps", _ROOT_KEEPS] if workspace.identity.uid == 0 else []),
            "--hostname", workspace.hostname,
            *(["--home", _home(home)] if home else ["--no-home"]),
            "--pwd", workspace.directory,
            *(word for each in workspace.mounts if each is not home for word in ("--mount", _mount(each))),
            *(["--workdir", workspace.scratch] if workspace.scratch else []),
            *(["--net", "--network", "none"] if workspace.network == "none" else []),
            *(["--memory", workspace.memory] if workspace.memory else []),
            *(["--pids-limit", workspace.pids_limit] if workspace.pids_limit else []),
            *(["--cpus", workspace.cpus] if workspace.cpus else []),
            *workspace.gpus,
            *workspace.options,
            workspace.rootfs or workspace.image,
            *workspace.argv,
        )  # fmt: skip
        # The prefix makes Apptainer pass a variable on, so that no value is in an argument list. HOME is set by --home.
        values = {
            name: value
            for name, value in {**workspace.environment, **workspace.variables}.items()
            if name != "HOME" or home is None
        }
        return Command(
            (machine.programs.get("apptainer", "apptainer"), *arguments),
            environment={f"{_PREFIX}{name}": value for name, value in values.items()},
            passed=workspace.passed,
            prefix=_PREFIX,
            inherited=_OWN_VARIABLES,
            env_files=workspace.env_files,
            descriptors=(START_DESCRIPTOR,),
        )

    def remove(self, name: str) -> tuple[str, ...]:
        """Return nothing: `--containall` creates a process namespace that ends with Apptainer."""
        return ()

    def state(self, name: str) -> tuple[str, ...]:
        """Return nothing: there is no engine that knows its state."""
        return ()

    def kill(self, name: str, number: int) -> tuple[str, ...]:
        """Return nothing: the launcher signals the command itself."""
        return ()

    def stop(self, name: str, seconds: int) -> tuple[str, ...]:
        """Return nothing: the launcher ends the command itself."""
        return ()


def _home(mount: Mount) -> str:
    if ":" in mount.source or "," in mount.source:
        raise UsageError(
            f"apptainer cannot use {mount.source!r} as a home: the path has a colon or a comma",
            hint="choose another folder: SYGALDRY_STORAGE_ROOT=/some/folder",
        )
    return f"{mount.source}:{mount.target}"


def _mount(each: Mount) -> str:
    fields = ["type=bind", _field("source", each.source), _field("destination", each.target)]
    return ",".join(fields if each.writable else [*fields, "ro"])


def _field(key: str, path: str) -> str:
    text = f"{key}={path}"
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\n') else text


RUNTIME: Final[Runtime] = Apptainer()
