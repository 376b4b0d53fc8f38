"""Read a devcontainer.json: https://containers.dev/implementors/json_reference/."""

from __future__ import annotations

import posixpath
from shlex import join
from typing import TYPE_CHECKING, Any, Final

from sygaldry.config import jsonc
from sygaldry.config.devcontainer_keys import MountItem, Reader, commands_of, mount_of
from sygaldry.config.devcontainer_options import RunOptions, run_options
from sygaldry.config.placeholders import caller_names, passed_name, placeholders, refers_inside
from sygaldry.config.resolve import Layer
from sygaldry.config.settings import all_settings
from sygaldry.config.values import from_text, shortened
from sygaldry.model.container_environment import WORKSPACE
from sygaldry.model.devcontainer import Devcontainer, DevcontainerBuild, without_shell
from sygaldry.model.errors import SettingError
from sygaldry.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

IGNORE: Final = "leave the file out: SYGALDRY_DEVCONTAINER=ignore"
_READ: Final = frozenset({
    "image", "build", "dockerFile", "context", "mounts", "containerEnv", "remoteEnv", "forwardPorts", "remoteUser",
    "containerUser", "hostRequirements", "runArgs", "init", "privileged", "capAdd", "securityOpt", "appPort",
    "onCreateCommand", "updateContentCommand", "postCreateCommand",
})  # fmt: skip
_COMMANDS: Final = ("onCreateCommand", "updateContentCommand", "postCreateCommand")  # in the order of the specification
_FOR_EDITORS: Final = frozenset({"name", "$schema", "customizations"})
_BUILD_KEYS: Final = frozenset({"dockerfile", "context", "args", "target"})
_MOST_IGNORED: Final = 20


def parse(text: str, path: str, workspace: str, caller: Mapping[str, str]) -> Devcontainer | None:
    """Return what a launch takes from the file; None for one that `sygaldry devcontainer` wrote. Raises SettingError.

    `caller` holds the caller's variables, which `${localEnv:NAME}` stands for.
    """
    try:
        table = jsonc.parse(text)
    except (ValueError, RecursionError) as error:
        raise SettingError(f"{path} is not valid JSON with comments: {error}", hint=IGNORE) from error
    if not isinstance(table, dict):
        raise SettingError(f"{path} is not a JSON object", hint=IGNORE)
    if _is_generated(table):
        return None
    if "dockerComposeFile" in table:
        raise SettingError(
            f"{path} has a dockerComposeFile, and Sygaldry starts one container, not the services of Compose",
            hint=f"name an image in sygaldry.toml and {IGNORE}",
        )
    return _devcontainer(table, Reader(path, placeholders(workspace, WORKSPACE, caller)), text, workspace)


def settings_of(found: Devcontainer) -> Layer:
    """Return the settings that the file gives: its image and network once the caller has accepted them, and others."""
    image = found.build.name if found.build else found.image
    texts = {**found.settings, "image": image}
    if not found.accepted:
        texts.update(image="", network="")
    by_name = {each.name: each for each in all_settings()}
    values = {name: from_text(by_name[name], text, found.path) for name, text in texts.items() if text}
    return Layer(values, dict.fromkeys(values, found.path))


def _is_generated(table: Mapping[str, Any]) -> bool:
    ours = table.get("customizations")
    ours = ours.get("sygaldry") if isinstance(ours, dict) else None
    return isinstance(ours, dict) and ours.get("generated") is True


def _devcontainer(table: Mapping[str, Any], reader: Reader, text: str, workspace: str) -> Devcontainer:
    build = _build(table, reader, workspace)
    image = "" if build else reader.text(table, "image")
    asked = run_options(table, reader)
    items, ignored_mounts = _mounts(table, asked, reader)
    container, remote = reader.texts(table, "containerEnv"), reader.texts(table, "remoteEnv")
    raw = {**asked.variables, **container, **remote}
    passed = tuple(name for name, value in raw.items() if passed_name(value) == name)
    values = {name: reader.filled(value) for name, value in raw.items() if name not in passed}
    ports, ignored_ports = _ports(table, asked, reader)
    gpu, ignored_requirements = _gpu(table, reader)
    ignored = (
        *(key for key in table if key not in _READ | _FOR_EDITORS),
        *_ignored_build(table),
        *ignored_mounts, *ignored_ports, *ignored_requirements, *asked.ignored,
    )  # fmt: skip
    found = Devcontainer(
        reader.path,
        text,
        image=image,
        build=build,
        mounts=tuple(each.folder for each in items if each.folder),
        volumes=tuple(each.volume for each in items if each.volume),
        environment={name: value for name, value in values.items() if not refers_inside(value)},
        passed=passed,
        expanded={name: value for name, value in values.items() if refers_inside(value)},
        ports=ports,
        user=reader.user(table),
        settings={**({"gpu": gpu} if gpu else {}), **asked.settings},
        options=(*(each.option for each in items if each.option), *asked.options),
        commands=tuple(each for key in _COMMANDS for each in commands_of(table, key, reader)),
        ignored=_bounded(ignored),
    )
    return _with_wants(found, sorted({name for value in raw.values() for name in caller_names(value)}))


def _with_wants(found: Devcontainer, caller: list[str]) -> Devcontainer:
    return replace(found, wants=tuple(_wants(found, caller)))


def _wants(found: Devcontainer, caller: list[str]) -> Iterator[str]:
    """Describe what reaches outside of the workspace, or runs without being typed."""
    if found.image:
        yield f"image = {found.image}"
    if found.build:
        yield f"build = {found.build.dockerfile} with context {found.build.context}"
        yield from (f"build argument {name} = {value}" for name, value in found.build.arguments.items())
    yield from (f"mount = {each}" for each in found.mounts)
    yield from (f"variable of the caller = {each}" for each in caller)
    yield from (f"publish = {each}" for each in found.ports)
    if found.settings.get("network", "none") != "none":
        yield f"network = {found.settings['network']}"
    yield from (f"runArgs = {each}" for each in found.options)
    yield from (f"{each.key} = {join(without_shell(each.argv))}" for each in found.commands)


def _build(table: Mapping[str, Any], reader: Reader, workspace: str) -> DevcontainerBuild | None:
    """Read `build`, or the older dockerFile and context beside it."""
    build = reader.table(table, "build")
    dockerfile = reader.text(build, "dockerfile") or reader.text(table, "dockerFile")
    if not dockerfile:
        return None
    folder = posixpath.dirname(reader.path)
    context = reader.text(build, "context") or reader.text(table, "context") or "."
    return DevcontainerBuild(
        name=f"sygaldry-devcontainer/{reader.identity(workspace)}:latest",
        dockerfile=posixpath.normpath(posixpath.join(folder, dockerfile)),
        context=posixpath.normpath(posixpath.join(folder, context)),
        arguments={name: reader.filled(value) for name, value in reader.texts(build, "args").items()},
        target=reader.text(build, "target"),
    )


def _ignored_build(table: Mapping[str, Any]) -> Iterator[str]:
    build = table.get("build")
    if isinstance(build, dict):
        yield from (f"build.{key}" for key in build if key not in _BUILD_KEYS)


def _mounts(
    table: Mapping[str, Any], asked: RunOptions, reader: Reader
) -> tuple[tuple[MountItem, ...], tuple[str, ...]]:
    """Return the mounts of the key and of the options, and names for those of other types, which are ignored."""
    read = [mount_of(each, reader) for each in (*reader.items(table, "mounts"), *asked.mounts)]
    ignored = tuple(f"mounts[{index}]" for index, item in enumerate(read) if item is None)
    return tuple(item for item in read if item is not None), ignored


def _ports(table: Mapping[str, Any], asked: RunOptions, reader: Reader) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return [ADDRESS:]HOST_PORT:PORT for numbers and localhost:NUMBER; other hosts are services of Compose."""
    ports, ignored = [], []
    for index, each in enumerate(reader.items(table, "forwardPorts")):
        number = str(each).removeprefix("localhost:")
        if isinstance(each, int | str) and not isinstance(each, bool) and reader.is_port(number):
            ports.append(f"127.0.0.1:{int(number)}:{int(number)}")
        else:
            ignored.append(f"forwardPorts[{index}]")
    return tuple(dict.fromkeys((*ports, *asked.ports))), tuple(ignored)


def _gpu(table: Mapping[str, Any], reader: Reader) -> tuple[str, tuple[str, ...]]:
    """Return the setting `gpu` for hostRequirements.gpu: "optional", a boolean, or a table of minimal sizes."""
    requirements = reader.table(table, "hostRequirements")
    ignored = tuple(f"hostRequirements.{key}" for key in requirements if key != "gpu")
    gpu = requirements.get("gpu", "")
    if gpu in ("", "optional"):
        return "auto" if gpu else "", ignored
    if isinstance(gpu, bool):
        return str(gpu).lower(), ignored
    if isinstance(gpu, dict):
        return "true", (*ignored, *(f"hostRequirements.gpu.{key}" for key in gpu))
    raise reader.error("hostRequirements.gpu", 'true, false, "optional" or an object')


def _bounded(names: tuple[str, ...]) -> tuple[str, ...]:
    """Name a few keys; a hostile file may have thousands, with escape sequences in them."""
    quoted = tuple(each if each.isascii() and each.isprintable() else shortened(each) for each in names)
    more = len(quoted) - _MOST_IGNORED
    return (*(each[:80] for each in quoted[:_MOST_IGNORED]), *([f"{more} more"] if more > 0 else []))
