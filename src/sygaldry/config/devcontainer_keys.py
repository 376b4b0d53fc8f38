"""Read single keys of a devcontainer.json: types, bounds, and an error that names the key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sygaldry.config.kinds import KINDS
from sygaldry.config.values import shortened
from sygaldry.model.devcontainer import SHELL
from sygaldry.model.errors import SettingError
from sygaldry.model.value import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sygaldry.config.placeholders import Placeholders

_LONGEST: Final = 32768
_MOST: Final = 500
_LARGEST_PORT: Final = 65535


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


def mount_of(item: object, reader: Reader) -> str:
    """Return SOURCE:TARGET or SOURCE:TARGET:ro for a folder of the host; empty for a volume or a tmpfs."""
    fields = _mount_fields(item, reader)
    source = fields.get("source") or fields.get("src") or ""
    target = fields.get("target") or fields.get("destination") or fields.get("dst") or ""
    if fields.get("type", "volume") != "bind":
        return ""
    is_read_only = any(fields.get(name, "false") in ("", "true") for name in ("readonly", "ro"))
    mount = f"{source}:{target}:ro" if is_read_only else f"{source}:{target}"
    check, expected = KINDS["mount"]
    if not check(mount) or ":" in source or ":" in target:
        raise reader.error("mounts", f"of absolute paths without colons: {expected}; it has {shortened(mount)}")
    return mount


def _mount_fields(item: object, reader: Reader) -> dict[str, str]:
    if isinstance(item, str):
        text = reader.filled(reader.checked("mounts", item))
        return {key.strip(): value for key, _, value in (field.partition("=") for field in text.split(","))}
    if isinstance(item, dict):
        return {str(key): _plain(value, reader) for key, value in item.items()}
    raise reader.error("mounts", "an array of strings or objects")


def _plain(value: object, reader: Reader) -> str:
    return str(value).lower() if isinstance(value, bool) else reader.filled(reader.checked("mounts", value))


def post_create_of(value: object, reader: Reader) -> tuple[tuple[str, ...], ...]:
    """Return the commands of postCreateCommand: a line for a shell, an argument list, or several of them by name."""
    if value is None or value == "":
        return ()
    if isinstance(value, dict):
        commands = reader.table({"postCreateCommand": value}, "postCreateCommand").values()
        return tuple(_words(each, reader) for each in commands if each)
    return (_words(value, reader),)


def _words(value: object, reader: Reader) -> tuple[str, ...]:
    if isinstance(value, str):
        return (*SHELL, reader.filled(reader.checked("postCreateCommand", value)))
    if isinstance(value, list) and value and len(value) <= _MOST:
        return tuple(reader.filled(reader.checked("postCreateCommand", each)) for each in value)
    raise reader.error("postCreateCommand", "a string, an array of strings, or an object of these")
