"""Write .devcontainer/devcontainer.json from the plan of a launch, so that an editor gets the very same container.

https://containers.dev/implementors/json_reference/
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sygaldry.flows.launch.plan import Plan, plan_launch
from sygaldry.flows.storage.project import prepare_storage
from sygaldry.host import files
from sygaldry.layout import layout
from sygaldry.model.container_environment import SECRETS, SYGALDRY, WORKSPACE
from sygaldry.model.devcontainer import GENERATED
from sygaldry.model.errors import UsageError
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


def prepare(request: Request, machine: Machine) -> Report:
    """Make the storage, and the links to it that a portable file mounts."""
    settings = replace(request.resolved.settings, runtime="docker", entrypoint="default")
    plan = plan_launch(replace(request, resolved=replace(request.resolved, settings=settings)), machine)
    prepare_storage(plan.found, plan.workspace.identity)
    folder = Path.home() / _LINKS / plan.found.storage.project
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for mount in _own_mounts(plan):
        link = folder / _link_name(mount.target)
        if link.is_symlink():
            link.unlink()
        link.symlink_to(mount.source)
    return Report({"links": str(folder)}, (f"storage of project {plan.found.storage.project} is ready",))


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
    ]
    program = "tools/sygaldry" if layout().checkout == plan.found.workspace else "sygaldry"
    return _content(plan, settings, program, "${localEnv:UID:1000}:${localEnv:GID:1000}", mounts, portable=True)


def _content(  # noqa: PLR0913 - the two kinds of file differ in these
    plan: Plan, settings: Settings, program: str, user: str, mounts: list[Json], *, portable: bool = False
) -> dict[str, Json]:
    workspace = plan.workspace
    place = () if portable else ("--workspace", plan.found.workspace, "--storage-root", plan.found.storage.root)
    words = (*place, "--project-id", plan.found.storage.project)
    image = ("--image", workspace.image) if portable else _image_words(settings)
    prepare_words = shlex.join((program, "devcontainer", "--prepare", *words))
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
        "initializeCommand": f"{prepare_words} && {build_words}",
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
