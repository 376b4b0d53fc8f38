"""Read the settings of this call: files, variables and flags, and the workspace they are for."""

import os
from collections.abc import Mapping
from pathlib import Path

from sygaldry.config.files import PROJECT_FILE, SYSTEM_FILE, user_file
from sygaldry.config.resolve import Layer, Resolved, environment_layer, file_layer, flags_layer, resolve
from sygaldry.host.files import read_if_there
from sygaldry.layout import layout
from sygaldry.model.errors import NotFoundError, SettingError


def resolved_settings(flags: Mapping[str, str | bool | None]) -> Resolved:
    """Resolve all settings; raises SettingError with the nearest name for what is unknown."""
    environment, given = environment_layer(os.environ), flags_layer(flags)
    lower = (_loaded(SYSTEM_FILE), _loaded(user_file(os.environ)))
    workspace = workspace_folder(resolve(*lower, environment, given).settings.workspace)
    return resolve(*lower, _project_layer(workspace), environment, given)


def workspace_folder(said: str) -> Path:
    """Find the workspace: what was said, else the checkout we belong to, else the project around this folder."""
    if said:
        folder = Path(said).expanduser()
        if not folder.is_dir():
            raise NotFoundError(
                f"the workspace {said!r} is not a folder", hint="set SYGALDRY_WORKSPACE to your project"
            )
        return folder.resolve()
    if (checkout := layout().checkout) is not None:
        return checkout
    here = Path.cwd()
    around = (each for each in (here, *here.parents) if (each / PROJECT_FILE).exists() or (each / ".git").exists())
    return next(around, here)


def _project_layer(workspace: Path) -> Layer:
    layer = _loaded(workspace / PROJECT_FILE)
    if "workspace" in layer.values:
        raise SettingError(
            f"setting 'workspace' cannot stand in {workspace / PROJECT_FILE}: that file is found by the workspace",
            hint="remove it, or set SYGALDRY_WORKSPACE",
        )
    return layer


def _loaded(path: Path) -> Layer:
    text = read_if_there(path)
    if text is None:
        return Layer({}, {})
    import tomllib  # 5 ms, only where there is a file

    try:
        return file_layer(tomllib.loads(text), str(path))
    except tomllib.TOMLDecodeError as error:
        raise SettingError(f"{path} is not valid TOML: {error}", hint="see https://toml.io/en/v1.0.0") from error
