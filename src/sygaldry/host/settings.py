"""Read the settings from files, variables and flags, and find the workspace."""

from __future__ import annotations

import os

from sygaldry.config.files import DEVCONTAINER_FOLDER, PROJECT_FILE, SYSTEM_FILE, user_file
from sygaldry.config.resolve import Layer, Resolved, environment_layer, file_layer, flags_layer, resolve
from sygaldry.config.settings import all_settings
from sygaldry.host.files import read_if_there
from sygaldry.layout import layout
from sygaldry.model.command import Command
from sygaldry.model.container_environment import WORKSPACE
from sygaldry.model.errors import NotFoundError, SettingError, TrustError, UsageError
from sygaldry.model.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import Any

    from sygaldry.model.devcontainer import Devcontainer

_LARGEST_BYTES = 2**20
_NO_LAYER = Layer({}, {})
_NOTHING: dict[str, Any] = {}


def resolved_settings(flags: Mapping[str, str | bool | list[str] | None], *, needs_consent: bool = True) -> Resolved:
    """Resolve all settings. Raises SettingError for an unknown name, TrustError for what waits for consent.

    Without `needs_consent`, the waiting values are left out and listed in `pending`; `requested` lists all values of
    the project file that need consent, accepted or not.
    """
    lower = tuple(_layer(path, read_if_there(path, _LARGEST_BYTES)) for path in (SYSTEM_FILE, user_file(os.environ)))
    higher = (environment_layer(os.environ), flags_layer(flags))
    without = resolve(*lower, *higher)
    workspace = workspace_of(without.settings.workspace, allow_home=True)
    path = f"{workspace}/{PROJECT_FILE}"
    text = read_if_there(path, _LARGEST_BYTES)
    project, requested, pending = _NO_LAYER, _NOTHING, _NOTHING
    if text is not None:
        project, requested, pending = _project_file(path, text, without, higher)
        if pending and needs_consent:
            raise consent_error(path, tuple(pending), without)
    elif not (without.settings.devcontainer_file or _has_devcontainer(workspace)):
        return without
    devcontainer, layer = _devcontainer(workspace, resolve(*lower, project, *higher), needs_consent=needs_consent)
    resolved = resolve(*lower, layer, project, *higher)
    return replace(resolved, requested=requested, pending=pending, devcontainer=devcontainer)


def _has_devcontainer(workspace: str) -> bool:
    """Return whether a workspace may have a devcontainer.json; two questions, because every launch asks."""
    return os.path.lexists(f"{workspace}/{DEVCONTAINER_FOLDER}") or os.path.lexists(f"{workspace}/.devcontainer.json")


def _project_file(
    path: str, text: str, without: Resolved, higher: tuple[Layer, ...]
) -> tuple[Layer, dict[str, Any], dict[str, Any]]:
    """Return the values of a project file that take effect, those that need consent, and those that wait for it."""
    from sygaldry.host import trust

    is_accepted = accepts_everything(without)
    project = _project_layer(path, text, is_accepted=is_accepted)
    requested = _requested(project, without, {name for layer in higher for name in layer.values})
    is_accepted = is_accepted or bool(requested and trust.is_trusted(path, text))
    pending = {} if is_accepted else requested
    effective = {name: value for name, value in project.values.items() if name not in pending}
    kept = replace(project, values=effective, origins={name: project.origins[name] for name in effective})
    return kept, requested, pending


def _devcontainer(workspace: str, resolved: Resolved, *, needs_consent: bool) -> tuple[Devcontainer | None, Layer]:
    """Return the workspace's devcontainer.json, and the settings that it gives, which sygaldry.toml overrides."""
    if os.environ.get("SYGALDRY_CONTAINER") or resolved.settings.devcontainer == "ignore":
        return None, _NO_LAYER
    from sygaldry.host.devcontainer import load_devcontainer  # only where there is one

    named = resolved.settings.devcontainer_file
    found, notes = load_devcontainer(workspace, named, accepts_all=accepts_everything(resolved))
    if found is None:
        return None, replace(_NO_LAYER, notes=notes)
    if found.is_foreign:
        return found, replace(_NO_LAYER, notes=notes)
    if needs_consent and not found.accepted:
        raise consent_error(
            found.path, tuple(dict.fromkeys(each.partition(" = ")[0] for each in found.wants)), resolved
        )
    from sygaldry.config.devcontainer import settings_of

    return found, replace(settings_of(found), notes=notes)


def consent_error(path: str, wanted: tuple[str, ...], resolved: Resolved, environment: str = "") -> TrustError:
    """Return the error for a file of the workspace that asks for more than it may have by itself."""
    by_flag = resolved.origins.get("workspace", "").startswith("--")
    words = (
        *(("--workspace", resolved.settings.workspace) if by_flag else ()),
        *((environment,) if environment else ()),
    )
    typed = Command(("sygaldry", "trust", *words)).shown()
    return TrustError(
        f"{ascii(path)[1:-1]} asks for {', '.join(wanted)}, which reaches outside the workspace and needs your consent",
        hint=f"see what it asks for, and accept it: {typed}",
    )


def accepts_everything(resolved: Resolved) -> bool:
    """Return whether consent is not needed: the caller gave it for all, or there is nothing outside to reach."""
    return resolved.settings.trust_workspace or bool(os.environ.get("SYGALDRY_CONTAINER"))


def workspace_of(configured: str, *, allow_home: bool = False) -> str:
    """Find the workspace: the configured folder, else the project around the current folder.

    From a checkout of ours, it is the checkout, unless that project has a sygaldry.toml of its own. The home folder,
    or one above it, is a workspace only when it is configured. Raises NotFoundError, UsageError.
    """
    if configured:
        folder = os.path.realpath(os.path.expanduser(configured))
        if not os.path.isdir(folder):
            raise NotFoundError(
                f"the workspace {configured!r} is not a folder", hint="set SYGALDRY_WORKSPACE to your project"
            )
        return folder
    if os.environ.get("SYGALDRY_CONTAINER") and os.path.isdir(WORKSPACE):
        return WORKSPACE
    if checkout := layout().checkout:
        return _prepared_project(checkout) or checkout
    here = os.path.realpath(os.getcwd())
    found = next((each for each in _upwards(here) if _is_project(each)), here)
    if not allow_home and _is_home_or_above(found):
        raise UsageError(
            f"the workspace would be {found}, and everything in it would be visible inside",
            hint=f"change into a project, or name it: --workspace {found}",
        )
    return found


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


def _prepared_project(checkout: str) -> str:
    """Return the project around the current folder if it is another one that `sygaldry init` prepared."""
    here = os.path.realpath(current_folder() or checkout)
    for each in _upwards(here):
        if each == checkout:
            return ""
        if _is_project(each):
            return each if os.path.lexists(f"{each}/{PROJECT_FILE}") else ""
    return ""


def _upwards(folder: str) -> Iterator[str]:
    """Yield a folder and its parents, up to the home folder or the border of the file system."""
    device = os.stat(folder).st_dev
    while not _is_home_or_above(folder) and os.stat(folder).st_dev == device:
        yield folder
        folder = os.path.dirname(folder)


def _is_home_or_above(folder: str) -> bool:
    home = os.path.realpath(os.environ.get("HOME") or "/")
    return folder in ("/", home) or home.startswith(f"{folder}/")


def _is_project(folder: str) -> bool:
    """Return whether a folder is a project; a marker that another user planted does not count."""
    markers = [path for name in (PROJECT_FILE, ".git") if os.path.lexists(path := f"{folder}/{name}")]
    if not markers:
        return False
    from sygaldry.host.trust import is_foreign

    return any(not is_foreign(marker) for marker in markers)


def _project_layer(path: str, text: str | None, *, is_accepted: bool) -> Layer:
    layer = _layer(path, text, is_accepted=is_accepted)
    forbidden = [each for each in all_settings() if each.reach == "caller" and each.name in layer.values]
    if forbidden:
        raise SettingError(
            f"setting {forbidden[0].name!r} is not allowed in {path}: only the caller may set it",
            hint=f"remove it, or set {forbidden[0].variable}",
        )
    return layer


def _requested(project: Layer, without: Resolved, overridden: set[str]) -> dict[str, Any]:
    """Return the values of the project file that need consent; one that is overridden has no effect anyway."""
    from sygaldry.config.consent import outward_values

    values = {name: value for name, value in project.values.items() if name not in overridden}
    defaults = {each.name: getattr(without.settings, each.name) for each in all_settings()}
    return outward_values(all_settings(), values, defaults)


def _layer(path: str, text: str | None, *, is_accepted: bool = False) -> Layer:
    """Parse a settings file; one that belongs to another user is left out, unless the caller has accepted it."""
    if text is None:
        return Layer({}, {})
    from sygaldry.host import trust

    if not is_accepted and trust.is_foreign(path) and not trust.is_trusted(path, text):
        owner = os.lstat(path).st_uid
        return Layer({}, {}, (f"warning: {path} is ignored: it belongs to user {owner}; to use it: sygaldry trust",))
    import tomllib  # 15 ms, only where there is a file

    try:
        return file_layer(tomllib.loads(text), path)
    except (ValueError, RecursionError) as error:  # a number of too many digits is no TOMLDecodeError
        raise SettingError(f"{path} is not valid TOML: {error}", hint="see https://toml.io/en/v1.0.0") from error
