"""Validate the value of a setting; an error names the origin of a wrong value."""

from __future__ import annotations

from sygaldry.config.kinds import KINDS
from sygaldry.discovery import nearest
from sygaldry.model.errors import SettingError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sygaldry.config.declare import Declaration

_LONGEST = 4096
_SHOWN = 80
_SWITCHES = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}


def from_text(declaration: Declaration, text: str, origin: str) -> Any:  # noqa: ANN401 - the setting decides
    """Read the value of a variable or flag; lists are separated by commas."""
    if declaration.is_switch:
        return _switch(text, origin)
    if declaration.is_list:
        return tuple(_checked(declaration, word, origin) for word in _words(declaration, text))
    # A number in the flag is the index of a GPU, as for docker; in a variable 0 and 1 keep their meaning of off and on.
    is_index = text.isdecimal() and origin == declaration.flag and _is_of_kind(declaration, text)
    if "true" in declaration.choices and text.lower() in _SWITCHES and not is_index:
        text = str(_SWITCHES[text.lower()]).lower()
    return _checked(declaration, text, origin)


def from_toml(declaration: Declaration, value: object, origin: str) -> Any:  # noqa: ANN401 - the setting decides
    """Read the value of a key in a TOML file, where switches and lists have types of their own."""
    if declaration.is_list and isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(_checked(declaration, each, origin) for each in value)
    if isinstance(value, bool) and (declaration.is_switch or "true" in declaration.choices):
        return from_text(declaration, str(value).lower(), origin)
    if isinstance(value, str) and not declaration.is_list:
        return from_text(declaration, value, origin)
    kind = "a list of strings" if declaration.is_list else "true or false" if declaration.is_switch else "a string"
    raise SettingError(f"setting {declaration.name!r} in {origin} must be {kind}", hint="see: sygaldry config show")


def _words(declaration: Declaration, text: str) -> tuple[str, ...]:
    if declaration.kind == "mount" and text.startswith("type="):
        return (_mount_of_fields(text),)
    return tuple(word.strip() for word in text.split(declaration.separator) if word.strip())


def _mount_of_fields(text: str) -> str:
    """Translate docker's type=bind,source=SOURCE,target=TARGET[,readonly]; other types stay as they are and fail."""
    fields = dict(field.partition("=")[::2] for field in text.split(","))
    source = fields.pop("source", "") or fields.pop("src", "")
    target = fields.pop("target", "") or fields.pop("destination", "") or fields.pop("dst", "")
    is_read_only = any(fields.pop(name, "false") in ("", "true") for name in ("readonly", "ro"))
    if fields != {"type": "bind"}:
        return text
    return f"{source}:{target}:ro" if is_read_only else f"{source}:{target}"


def _switch(text: str, origin: str) -> bool:
    if text.lower() not in _SWITCHES:
        raise SettingError(f"{origin} is {shortened(text)}, which is neither true nor false")
    return _SWITCHES[text.lower()]


def _checked(declaration: Declaration, word: str, origin: str) -> str:
    if declaration.choices and (word in declaration.choices or not _is_of_kind(declaration, word)):
        return _chosen(declaration, word, origin)
    check, expected = KINDS[declaration.kind]
    if len(word) > _LONGEST or not check(word):
        noun = declaration.name.replace("_", " ")
        raise SettingError(f"{origin} is {shortened(word)}, which is not a valid {noun}", hint=f"expected {expected}")
    return word


def _is_of_kind(declaration: Declaration, word: str) -> bool:
    """Return whether a setting with choices also accepts this other value."""
    return bool(declaration.kind) and len(word) <= _LONGEST and KINDS[declaration.kind][0](word)


def _chosen(declaration: Declaration, word: str, origin: str) -> str:
    if word in declaration.choices:
        return word
    meant = nearest(word, declaration.choices)
    raise SettingError(
        f"{origin} is {shortened(word)}, which is not a valid {declaration.name.replace('_', ' ')}",
        hint=(f"did you mean {meant!r}? " if meant else "") + "possible: " + ", ".join(declaration.choices),
    )


def shortened(word: str) -> str:
    """Format untrusted text for a message: quoted, escaped and cut to 80 characters."""
    return ascii(word[:_SHOWN]) + ("…" if len(word) > _SHOWN else "")
