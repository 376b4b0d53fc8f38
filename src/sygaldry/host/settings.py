"""Read the settings from files, variables and flags, and find the workspace."""

from __future__ import annotations

import os

from sygaldry.config.files import PROJECT_FILE, SYSTEM_FILE, user_file
from sygaldry.config.resolve import Layer, Resolved, environment_layer, file_layer, flags_layer, resolve
from sygaldry.host.files import read_if_there
from sygaldry.layout import layout
from sygaldry.model.errors import NotFoundError, SettingError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


def resolved_settings(flags: Mapping[str, str | bool | list[str] | None]) -> Resolved:
    """Resolve all settings; raises SettingError with the nearest name for an unknown one."""
    environment, given = environment_layer(os.environ), flags_layer(flags)
    lower = (_load(SYSTEM_FILE), _load(user_file(os.environ)))
    workspace = workspace_of(resolve(*lower, environment, given).settings.workspace)
    return resolve(*lower, _project_layer(workspace), environment, given)


def workspace_of(configured: str) -> str:
    """Find the workspace: the configured folder, else our checkout, else the project around the current folder."""
    if configured:
        folder = os.path.realpath(os.path.expanduser(configured))
        if not os.path.isdir(folder):
            raise NotFoundError(
                f"the workspace {configured!r} is not a folder", hint="set SYGALDRY_WORKSPACE to your project"
            )
        return folder
    if checkout := layout().checkout:
        return checkout
    here = os.path.realpath(os.getcwd())
    around = (
        each for each in _upwards(here) if os.path.exists(f"{each}/{PROJECT_FILE}") or os.path.exists(f"{each}/.git")
    )
    return next(around, here)


def current_folder() -> str:
    """Return the current folder; empty if it no longer exists."""
    try:
        return os.getcwd()
    except FileNotFoundError:
        return ""


def workspace_folder(configured: str) -> Path:
    """Return the workspace as a Path."""
    from pathlib import Path

    return Path(workspace_of(configured))


def _upwards(folder: str) -> Iterator[str]:
    while True:
        yield folder
        if folder == "/":
            return
        folder = os.path.dirname(folder)


def _project_layer(workspace: str) -> Layer:
    path = f"{workspace}/{PROJECT_FILE}"
    layer = _load(path)
    if "workspace" in layer.values:
        raise SettingError(
            f"setting 'workspace' cannot stand in {path}: that file is found by the workspace",
            hint="remove it, or set SYGALDRY_WORKSPACE",
        )
    return layer


def _load(path: str) -> Layer:
    text = read_if_there(path)
    if text is None:
        return Layer({}, {})
    import tomllib  # 15 ms, only where there is a file

    try:
        return file_layer(tomllib.loads(text), path)
    except tomllib.TOMLDecodeError as error:
        raise SettingError(f"{path} is not valid TOML: {error}", hint="see https://toml.io/en/v1.0.0") from error
