"""Write .devcontainer/devcontainer.json from the plan of a launch, so that an editor gets the very same container.

https://containers.dev/implementors/json_reference/
"""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sygaldry.config.kinds import is_image
from sygaldry.flows.launch.plan import Plan, plan_launch
from sygaldry.flows.storage.project import prepare_storage
from sygaldry.host import files
from sygaldry.host.run import run
from sygaldry.layout import layout
from sygaldry.model.command import Command
from sygaldry.model.container_environment import SECRETS, SYGALDRY, WORKSPACE
from sygaldry.model.devcontainer import GENERATED
from sygaldry.model.errors import CommandFailedError, UsageError
from sygaldry.model.report import Json, Report
from sygaldry.model.value import replace

if TYPE_CHECKING:
    from sygaldry.config.settings import Settings
    from sygaldry.flows.launch.request import Request
    from sygaldry.model.machine import Machine
    from sygaldry.model.workspace import Mount

PATH: Final = ".devcontainer/devcontainer.json"
# Words of `docker run` that the tool itself manages, or that have a key of their own; 1 more word belongs to them.
_DROPPED: Final = {
    "--rm": 0, "--pull=never": 0, "--interactive": 0, "--tty": 0, "--detach": 0,
    "--name": 1, "--log-driver": 1, "--workdir": 1, "--entrypoint": 1, "--mount": 1, "--init": 0,
}  # fmt: skip
_DROPPED_PREFIXES: Final = ("--env=", "--user=")
_LOCAL_PREFIXES: Final = ("--group-add=", "--cap-add=", "--device=", "--gpus", "--runtime=")
_NOT_EVERYWHERE: Final = (f"{WORKSPACE}/.venv-dev",)  # a mount without a source is refused
_ANYBODY: Final = "user"  # where nobody set USER
_PATIENCE_S: Final = 300
_LINKS: Final = ".cache/sygaldry/devcontainer"
_HEADER: Final = (
    f"{GENERATED} from the plan of a launch on this machine, for its user.\n"
    "// Change sygaldry.toml and write it anew instead of editing it.\n"
)


def devcontainer(request: Request, machine: Machine, *, keep: bool = False, portable: bool = False) -> Report:
    """Write the file; with `keep` an existing one stays. `portable` leaves paths and ids of this machine out."""
    settings = replace(request.resolved.settings, runtime="docker", entrypoint="default")
    asked = replace(request, resolved=replace(request.resolved, settings=settings), command=(), folder="")
    plan = plan_launch(asked, machine)
    target = Path(request.workspace, PATH)
    if keep and target.exists():
        return Report({"path": str(target), "written": False}, (f"kept   {PATH}, which was there",))
    content = portable_content(plan, settings) if portable else content_of(plan, settings)
    _check_target(target)
    target.parent.mkdir(exist_ok=True)
    target.write_text(_HEADER + json.dumps(content, indent=2) + "\n")
    note = "next: open the folder in the editor's container, or: npx @devcontainers/cli up --workspace-folder ."
    return Report({"path": str(target), "written": True, "content": content}, (f"wrote  {PATH}",), (note,))


def _check_target(target: Path) -> None:
    """Refuse to replace a file of the project's own, or to write through a link. Raises UsageError."""
    if target.is_symlink() or target.parent.is_symlink():
        raise UsageError(f"{PATH} is, or is in, a symbolic link", hint="replace the link with what it points to")
    if not (files.read_if_there(target) or GENERATED).startswith(GENERATED):
        raise UsageError(
            f"{PATH} was not written by Sygaldry and is not replaced; a launch reads it",
            hint=f"to have ours instead, move it away: mv {PATH} {PATH}.old",
        )


def prepare(request: Request, machine: Machine, *, portable: bool = False) -> Report:
    """Make the storage; for a portable file also the links to it that it mounts, and the image with the caller's ids.

    A file that is committed cannot hold the ids of its reader, and no shell exports them, so an image has them.
    """
    settings = replace(request.resolved.settings, runtime="docker", entrypoint="default")
    plan = plan_launch(replace(request, resolved=replace(request.resolved, settings=settings)), machine)
    prepare_storage(plan.found, plan.workspace.identity)
    if portable:
        _make_user_image(plan)
    folder = Path.home() / _LINKS / plan.found.storage.project
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for mount in _own_mounts(plan):
        link = folder / _link_name(mount.target)
        if link.is_symlink():
            link.unlink()
        link.symlink_to(mount.source)
    return Report({"links": str(folder)}, (f"storage of project {plan.found.storage.project} is ready",))


def _make_user_image(plan: Plan) -> None:
    """Give the image a name under which it runs as the caller. Raises CommandFailedError."""
    name = f"{_user_image(plan)}:{os.environ.get('USER') or _ANYBODY}"
    if not is_image(name):
        raise UsageError(f"the caller's name cannot be part of an image's: {name!a}", hint="set USER to a plain name")
    identity = plan.workspace.identity
    text = f"FROM {plan.workspace.image}\nUSER {identity.uid}:{identity.gid}\n"
    done = run(Command(("docker", "build", "--quiet", "--tag", name, "-"), input=text, timeout_s=_PATIENCE_S))
    if not done.ok:
        raise CommandFailedError(f"cannot make the image {name}: {done.last_line}", command=done.command)


def _user_image(plan: Plan) -> str:
    return f"sygaldry-devcontainer/{plan.found.storage.project.lower().strip('._-')}"


def content_of(plan: Plan, settings: Settings) -> dict[str, Json]:
    """Return the file for this machine and user."""
    workspace = plan.workspace
    user = f"{workspace.identity.uid}:{workspace.identity.gid}"
    mounts: list[Json] = [
        f"type=bind,source={each.source},target={each.target}" + ("" if each.writable else ",readonly")
        for each in _own_mounts(plan)
    ]
    return _content(plan, settings, _program(), user, mounts)


def portable_content(plan: Plan, settings: Settings) -> dict[str, Json]:
    """Return a file that can be committed: its mounts lead through links that `initializeCommand` makes."""
    folder = "${localEnv:HOME}/" + f"{_LINKS}/{plan.found.storage.project}"
    mounts: list[Json] = [
        f"type=bind,source={folder}/{_link_name(each.target)},target={each.target}"
        + ("" if each.writable else ",readonly")
        for each in _own_mounts(plan)
        if each.target not in _NOT_EVERYWHERE
    ]
    program = "tools/sygaldry" if layout().checkout == plan.found.workspace else "sygaldry"
    content = _content(plan, settings, program, "", mounts, portable=True)
    image = f"{_user_image(plan)}:" + "${localEnv:USER:" + _ANYBODY + "}"
    return {name: value for name, value in content.items() if value != ""} | {"image": image}


def _content(  # noqa: PLR0913 - the two kinds of file differ in these
    plan: Plan, settings: Settings, program: str, user: str, mounts: list[Json], *, portable: bool = False
) -> dict[str, Json]:
    workspace = plan.workspace
    place = () if portable else ("--workspace", plan.found.workspace, "--storage-root", plan.found.storage.root)
    words = (*place, "--project-id", plan.found.storage.project)
    image = ("--image", workspace.image) if portable else _image_words(settings)
    option = ("--portable",) if portable else ()
    # Both commands name the image: the variables of another caller may name another one.
    prepare_words = shlex.join((program, "devcontainer", "--prepare", *option, *words, *image))
    build_words = shlex.join((program, "image", "build", "--runtime=docker", *words[: len(place)], *image))
    local = _LOCAL_PREFIXES if portable else ()
    run_arguments = [word for word in _run_arguments(plan) if not word.startswith(local)]
    # What the gate decided on this machine says nothing about another one.
    verdict = plan.gpus.environment if portable else {}
    environment = {name: value for name, value in workspace.environment.items() if name not in verdict}
    passed = {name: "${localEnv:" + name + "}" for name in workspace.passed if name.lower().endswith("_proxy")}
    ports: list[Json] = [int(port.partition("/")[0].rpartition(":")[2]) for port in workspace.ports]
    content: dict[str, Json] = {
        "name": plan.found.storage.project,
        "image": workspace.image,
        "initializeCommand": f"{build_words} && {prepare_words}",
        "workspaceMount": "type=bind,source=${localWorkspaceFolder},target=" + WORKSPACE,
        "workspaceFolder": WORKSPACE,
        "mounts": mounts,
        "containerEnv": {**environment, **workspace.variables},
        "remoteEnv": {
            **passed,
            "PATH": f"{SYGALDRY}/container/bin:{SYGALDRY}/bin:" + "${containerEnv:PATH}",
        },
        "init": True,
        "containerUser": user,
        "remoteUser": user,
        "updateRemoteUserUID": False,
        "runArgs": list(run_arguments),
        "customizations": {"sygaldry": {"generated": True}},
    }
    if workspace.gpus or portable:
        content["hostRequirements"] = {"gpu": "optional"}
    if ports:
        content["forwardPorts"] = ports
    return content


def _own_mounts(plan: Plan) -> tuple[Mount, ...]:
    return tuple(each for each in plan.workspace.mounts if each.target not in (WORKSPACE, SECRETS))


def _link_name(target: str) -> str:
    return target.strip("/").replace("/", "-")


def _run_arguments(plan: Plan) -> list[str]:
    """Return the words between `run` and the image that no key of the file stands for."""
    argv = plan.start.argv
    words = list(argv[2 : argv.index(plan.workspace.image, 2)])
    kept = []
    while words:
        word = words.pop(0)
        if word in _DROPPED:
            del words[: _DROPPED[word]]
        elif not word.startswith(_DROPPED_PREFIXES):
            kept.append(word)
    return kept


def _image_words(settings: Settings) -> tuple[str, ...]:
    return (
        "--image", settings.image,
        "--base-image", settings.base_image,
        "--toolchains", ",".join(settings.toolchains) or "none",
    )  # fmt: skip


def _program() -> str:
    own = layout()
    return f"{own.tools}/sygaldry" if own.checkout else "sygaldry"
