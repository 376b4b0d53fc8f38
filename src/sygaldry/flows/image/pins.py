"""The pinned downloads of the image: those that Sygaldry ships, and those that the user added for other versions."""

from __future__ import annotations

import os

from sygaldry.config.files import user_file
from sygaldry.config.settings import Settings
from sygaldry.host.files import read_if_there
from sygaldry.model.errors import SettingError, StorageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ARTIFACTS = "artifacts.json"
# The toolchains whose version is a setting and whose download needs a pin; Python may come from the distribution.
PINNED = {"bazel": "bazel_version", "rust": "rust_version"}


def artifact_file(name: str, url: str) -> str:
    """Return the name by which a mirror of downloads, and the build of the image, know a pinned file."""
    last = url.rpartition("/")[2].replace("%2B", "+")
    return f"{name}-{last}" if name == "spack-packages" else last


def user_pins_path() -> str:
    """Return the file in which `sygaldry image pin` keeps its pins."""
    return f"{os.path.dirname(user_file(os.environ))}/{ARTIFACTS}"


def load_user_pins() -> dict[str, Any]:
    """Return the user's pins: name -> version -> architecture -> url and sha256. Raises StorageError."""
    from json import loads

    path = user_pins_path()
    try:
        pins = loads(read_if_there(path, 1 << 20) or "{}")
        if all(isinstance(versions, dict) for versions in pins.values()):
            return dict(pins)
    except (ValueError, AttributeError):
        pass
    raise StorageError(f"{path} is damaged", hint=f"correct or remove it, and pin again: rm {path}")


def artifacts_with_pins(settings: Settings, shipped: bytes) -> bytes:
    """Return the content of artifacts.json for an image of these settings; raises SettingError for a missing pin.

    Only pins that the image uses are added, because every change of this file makes an image of its own.
    """
    default = Settings()
    chosen = {
        tool: getattr(settings, name)
        for tool, name in PINNED.items()
        if tool in settings.toolchains and getattr(settings, name) != getattr(default, name)
    }
    if not chosen:
        return shipped
    from json import dumps, loads  # 10 ms, only for versions other than the default

    table = loads(shipped)
    for tool, version in chosen.items():
        known = table["artifacts"][tool]
        own = load_user_pins().get(tool, {})
        if version in known:
            continue
        if version not in own:
            variable = f"{tool.upper()}_VERSION"
            raise SettingError(
                f"{variable}={version} has no pinned download; versions with one: {', '.join([*known, *own])}",
                hint=f"add it: sygaldry image pin {tool} {version} --sha256 SHA256",
            )
        known[version] = own[version]
    return dumps(table, indent=1, sort_keys=True).encode()
