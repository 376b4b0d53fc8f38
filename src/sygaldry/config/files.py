"""The files that settings are read from, lowest precedence first.

https://specifications.freedesktop.org/basedir-spec/latest/
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

SYSTEM_FILE = "/etc/sygaldry/config.toml"
PROJECT_FILE = "sygaldry.toml"
DEVCONTAINER_FOLDER = ".devcontainer"
DEVCONTAINER_FILES = (f"{DEVCONTAINER_FOLDER}/devcontainer.json", ".devcontainer.json")


def user_file(environment: Mapping[str, str]) -> str:
    """Return the path of the user's settings file."""
    return f"{_base(environment, 'XDG_CONFIG_HOME', '.config')}/sygaldry/config.toml"


def data_home(environment: Mapping[str, str]) -> str:
    """Return the folder for persistent data of the user."""
    return _base(environment, "XDG_DATA_HOME", ".local/share")


def state_home(environment: Mapping[str, str]) -> str:
    """Return the folder for the state of programs of the user."""
    return _base(environment, "XDG_STATE_HOME", ".local/state")


def _base(environment: Mapping[str, str], variable: str, default: str) -> str:
    # The specification: a relative path is invalid and to be ignored.
    configured = environment.get(variable, "")
    return (
        configured.rstrip("/")
        if configured.startswith("/")
        else f"{(environment.get('HOME') or '').rstrip('/')}/{default}"
    )
