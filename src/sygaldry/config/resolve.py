"""Merge the layers of settings: default, files, variables, flags."""

from __future__ import annotations

from sygaldry.config.settings import Settings, all_settings
from sygaldry.config.values import from_text, from_toml, shortened
from sygaldry.discovery import nearest
from sygaldry.model.errors import SettingError
from sygaldry.model.value import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from sygaldry.config.declare import Declaration
    from sygaldry.model.devcontainer import Devcontainer

# SYGALDRY_ variables that are not settings: set inside the environment, by the launch scripts, or by tests.
_NOT_SETTINGS = (
    "SYGALDRY_VENV",
    "SYGALDRY_PYTHON",
    "SYGALDRY_CONTAINER",
    "SYGALDRY_STDIN_CLOSED",
    "SYGALDRY_GPU_VERDICT",
    "SYGALDRY_PUBLISHED",
)
_PREFIXES_NOT_SETTINGS = ("SYGALDRY_TEST_", "SYGALDRY_JOB_")
# Names of an earlier shell version: https://github.com/phi9t/sygaldry
_OLD_NAMES = {"SYGALDRY_CONTAINER_ROOT": "SYGALDRY_STORAGE_ROOT"}
_REMOVED_NAMES = {
    "SYGALDRY_REQUIRED_CUDA_VERSION": "the GPU gate applies NVIDIA's compatibility rules: sygaldry gpu gate"
}


@dataclass(frozen=True)
class Layer:
    """Settings from one source, and the origin of each as `config show` prints it."""

    values: Mapping[str, Any]
    origins: Mapping[str, str]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Resolved:
    """The effective settings and the origin of each.

    `requested` holds the values of the project file that need the caller's consent. Those that wait for it are also in
    `pending`, and not in effect. `devcontainer` is the devcontainer.json of the workspace.
    """

    settings: Settings
    origins: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    requested: Mapping[str, Any] = field(default_factory=dict)
    pending: Mapping[str, Any] = field(default_factory=dict)
    devcontainer: Devcontainer | None = None

    @property
    def project(self) -> Devcontainer | None:
        """The devcontainer.json as a launch may use it; none if it waits for consent."""
        return self.devcontainer if self.devcontainer is not None and self.devcontainer.accepted else None

    @property
    def project_build(self) -> Devcontainer | None:
        """The devcontainer.json if the image is made from the Dockerfile that it names."""
        found = self.project
        return found if found is not None and found.build and found.build.name == self.settings.image else None


def resolve(*layers: Layer) -> Resolved:
    """Merge layers; a later layer wins."""
    values: dict[str, Any] = {}
    origins = {each.name: "default" for each in all_settings()}
    for layer in layers:
        values.update(layer.values)
        origins.update(layer.origins)
    return Resolved(Settings(**values), origins, tuple(note for layer in layers for note in layer.notes))


def file_layer(table: Mapping[str, object], path: str) -> Layer:
    """Read the parsed content of a TOML file; unknown keys are errors with the nearest name."""
    by_name = {each.name: each for each in all_settings()}
    for key in table:
        if key.replace("-", "_") not in by_name:
            raise _unknown(key, tuple(by_name), f"setting {shortened(key)} in {path}")
    named = {key.replace("-", "_"): value for key, value in table.items()}
    values = {name: from_toml(by_name[name], value, path) for name, value in named.items()}
    return Layer(values, dict.fromkeys(values, path))


def environment_layer(environment: Mapping[str, str]) -> Layer:
    """Read the environment variables; an unknown SYGALDRY_ variable is an error."""
    environment, notes = _with_current_names(environment)
    known = {each.variable: each for each in all_settings()}
    for name in environment:
        if name.startswith("SYGALDRY_") and name not in known and not _is_internal(name):
            raise _unknown(name, tuple(known), f"variable {shortened(name)}")
    # An empty variable counts as unset, as in most tools.
    configured = {known[name]: text for name, text in environment.items() if name in known and text}
    values = {each.name: from_text(each, text, each.variable) for each, text in configured.items()}
    return Layer(values, {each.name: each.variable for each in configured}, notes)


def flags_layer(flags: Mapping[str, str | bool | list[str] | None]) -> Layer:
    """Read the parsed flags; None means that a flag was not given, and a list that it was given several times."""
    by_name = {each.name: each for each in all_settings()}
    given = {by_name[name]: value for name, value in flags.items() if name in by_name and value is not None}
    values = {each.name: _flag_value(each, value) for each, value in given.items()}
    return Layer(values, {each.name: each.flag for each in given})


def _flag_value(declaration: Declaration, value: str | bool | list[str]) -> Any:  # noqa: ANN401 - the setting decides
    if isinstance(value, list):
        return tuple(word for each in value for word in from_text(declaration, each, declaration.flag))
    return value if isinstance(value, bool) else from_text(declaration, value, declaration.flag)


def _with_current_names(environment: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    found = dict(environment)
    notes = []
    for old, new in _OLD_NAMES.items():
        if old in found:
            found.setdefault(new, found.pop(old))
            found.pop(old, None)
            notes.append(f"{old} is the old name of {new}")
    for old, reason in _REMOVED_NAMES.items():
        if found.pop(old, None) is not None:
            notes.append(f"{old} no longer has any effect: {reason}")
    return found, tuple(notes)


def _is_internal(name: str) -> bool:
    return name in _NOT_SETTINGS or name.startswith(_PREFIXES_NOT_SETTINGS)


def _unknown(word: str, known: tuple[str, ...], what: str) -> SettingError:
    meant = nearest(word, known)
    return SettingError(
        f"unknown {what}", hint=f"did you mean {meant!r}?" if meant else "list all settings: sygaldry config show"
    )
