"""Read single keys of a devcontainer.json: types, bounds, and an error that names the key."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from sygaldry.config.kinds import KINDS
from sygaldry.config.values import shortened
from sygaldry.model.devcontainer import SHELL, ProjectCommand
from sygaldry.model.errors import SettingError
from sygaldry.model.value import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sygaldry.config.placeholders import Placeholders

_LONGEST: Final = 32768
_MOST: Final = 500
_LARGEST_PORT: Final = 65535
_LONGEST_NAME: Final = 200


@dataclass(frozen=True)
class Reader:
    """Reads keys of the file at `path`, with its placeholders filled."""

    path: str
    placeholders: Placeholders

    def error(self, key: str, expected: str) -> SettingError:
        """Return the error for a key of a wrong type or value."""
        return SettingError(
            f"{shortened(key)} in {self.path} must be {expected}",
            hint="see https://containers.dev/implementors/json_reference/, or leave the file out: "
            "SYGALDRY_DEVCONTAINER=ignore",
        )

    def filled(self, text: str) -> str:
        """Return a value with its placeholders filled, at most as long as a variable may be."""
        return self.checked("a value", self.placeholders.filled(text))

    def checked(self, key: str, text: object) -> str:
        """Return a text that can be part of a command."""
        if not isinstance(text, str) or "\0" in text or len(text) > _LONGEST:
            raise self.error(key, f"a string of at most {_LONGEST} characters")
        return text

    def text(self, table: Mapping[str, Any], key: str) -> str:
        """Return a string of the file, empty if there is none."""
        return self.filled(self.checked(key, table.get(key) or ""))

    def table(self, table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        """Return an object of the file, empty if there is none."""
        found = table.get(key) or {}
        if not isinstance(found, dict) or len(found) > _MOST:
            raise self.error(key, f"an object of at most {_MOST} keys")
        return found

    def items(self, table: Mapping[str, Any], key: str) -> list[Any]:
        """Return an array of the file, empty if there is none."""
        found = table.get(key) or []
        if not isinstance(found, list) or len(found) > _MOST:
            raise self.error(key, f"an array of at most {_MOST} items")
        return found

    def texts(self, table: Mapping[str, Any], key: str) -> dict[str, str]:
        """Return an object of variables with their values as written; null unsets nothing here and is left out."""
        found = {name: value for name, value in self.table(table, key).items() if value is not None}
        for name in found:
            if not KINDS["variable"][0](name):
                raise self.error(f"{key}.{name}", "named as a variable is: letters, digits and underscores")
        return {name: self.checked(f"{key}.{name}", value) for name, value in found.items()}

    def user(self, table: Mapping[str, Any]) -> str:
        """Return the name in remoteUser or containerUser; a number is a user without a name."""
        name = (self.text(table, "remoteUser") or self.text(table, "containerUser")).partition(":")[0]
        if name and not KINDS["name"][0](name):
            raise self.error("remoteUser", "the name of a user")
        return "" if name.isdecimal() else name

    def is_port(self, text: str) -> bool:
        """Return whether a text is the number of a port."""
        return text.isascii() and text.isdecimal() and 0 < int(text[:6]) <= _LARGEST_PORT

    def identity(self, workspace: str) -> str:
        """Return a name for the images of a workspace: its folder, and a part of its identity."""
        folder = workspace.rpartition("/")[2].lower()
        kept = "".join(letter for letter in folder if letter.isascii() and letter.isalnum())
        return f"{kept[:40] or 'project'}-{self.placeholders.folders['devcontainerId'][:12]}"


@dataclass(frozen=True)
class MountItem:
    """One of: a folder of the host, a volume, each as SOURCE:TARGET[:ro], or an option of the engine."""

    folder: str = ""
    volume: str = ""
    option: str = ""


def mount_of(item: object, reader: Reader) -> MountItem | None:
    """Read an item of `mounts`; None for a type that only the engine knows. Raises SettingError."""
    fields = _mount_fields(item, reader)
    kind = fields.get("type", "volume")
    source = fields.get("source") or fields.get("src") or ""
    target = fields.get("target") or fields.get("destination") or fields.get("dst") or ""
    if kind == "tmpfs":
        return MountItem(option=f"--tmpfs={_inside(target, reader)}")
    if kind not in ("bind", "volume"):
        return None
    is_read_only = any(fields.get(name, "false") in ("", "true") for name in ("readonly", "ro"))
    end = ":ro" if is_read_only else ""
    if kind == "volume":
        return MountItem(volume=f"{_volume_name(source, target, reader)}:{_inside(target, reader)}{end}")
    mount = f"{source}:{target}{end}"
    check, expected = KINDS["mount"]
    if not check(mount) or ":" in source or ":" in target:
        raise reader.error("mounts", f"of absolute paths without colons: {expected}; it has {shortened(mount)}")
    return MountItem(folder=mount)


def _volume_name(name: str, target: str, reader: Reader) -> str:
    """Return a name that is safe as that of a folder; a volume without one belongs to its target."""
    if not name:
        return f"at-{sha256(target.encode('utf-8', 'surrogateescape')).hexdigest()[:16]}"
    # https://docs.docker.com/reference/cli/docker/volume/create/: letters, digits, dots, dashes and underscores.
    letters = name.replace("_", "").replace(".", "").replace("-", "")
    if len(name) > _LONGEST_NAME or not letters.isascii() or not letters.isalnum() or not name[0].isalnum():
        raise reader.error("mounts", f"of volumes with names of letters, digits, `.`, `_` and `-`: {shortened(name)}")
    return name


def _inside(target: str, reader: Reader) -> str:
    if not KINDS["folder"][0](target) or ":" in target or "," in target:
        raise reader.error("mounts", f"at absolute paths without colons and commas; it has {shortened(target)}")
    return target


def _mount_fields(item: object, reader: Reader) -> dict[str, str]:
    if isinstance(item, str):
        text = reader.filled(reader.checked("mounts", item))
        return {key.strip(): value for key, _, value in (field.partition("=") for field in text.split(","))}
    if isinstance(item, dict):
        return {str(key): _plain(value, reader) for key, value in item.items()}
    raise reader.error("mounts", "an array of strings or objects")


def _plain(value: object, reader: Reader) -> str:
    return str(value).lower() if isinstance(value, bool) else reader.filled(reader.checked("mounts", value))


def commands_of(table: Mapping[str, Any], key: str, reader: Reader) -> tuple[ProjectCommand, ...]:
    """Return the commands of a key: a line for a shell, an argument list, or several of them by name."""
    value = table.get(key)
    if value is None or value == "":
        return ()
    if isinstance(value, dict):
        return tuple(_command(key, each, reader) for each in reader.table(table, key).values() if each)
    return (_command(key, value, reader),)


def _command(key: str, value: object, reader: Reader) -> ProjectCommand:
    if isinstance(value, str):
        return ProjectCommand(key, (*SHELL, reader.filled(reader.checked(key, value))))
    if isinstance(value, list) and value and len(value) <= _MOST:
        return ProjectCommand(key, tuple(reader.filled(reader.checked(key, each)) for each in value))
    raise reader.error(key, "a string, an array of strings, or an object of these")
