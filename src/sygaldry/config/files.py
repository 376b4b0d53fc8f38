"""Which files settings are read from, lowest first."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

SYSTEM_FILE: Final = Path("/etc/sygaldry/config.toml")
PROJECT_FILE: Final = "sygaldry.toml"


def user_file(environment: Mapping[str, str]) -> Path:
    """Return the caller's own file, by the XDG rules.

    https://specifications.freedesktop.org/basedir-spec/latest/
    """
    home = environment.get("XDG_CONFIG_HOME", "")
    folder = Path(home) if home.startswith("/") else Path(environment.get("HOME") or "/") / ".config"
    return folder / "sygaldry" / "config.toml"


def data_home(environment: Mapping[str, str]) -> Path:
    """Return the folder for lasting data of the caller, by the same rules."""
    home = environment.get("XDG_DATA_HOME", "")
    return Path(home) if home.startswith("/") else Path(environment.get("HOME") or "/") / ".local" / "share"
