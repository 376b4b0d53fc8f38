"""Check a value that somebody gave to a setting, and say who gave it when it is wrong."""

from re import fullmatch
from typing import Any

from sygaldry.config.declare import Declaration
from sygaldry.discovery import nearest
from sygaldry.model.errors import SettingError

_LONGEST = 4096
_SWITCHES = {
    "true": True,
    "1": True,
    "yes": True,
    "on": True,
    "false": False,
    "0": False,
    "no": False,
    "off": False,
}
_GPU_WORDS = {"1": "true", "yes": "true", "on": "true", "0": "false", "no": "false", "off": "false"}


def from_text(declaration: Declaration, text: str, origin: str) -> Any:  # noqa: ANN401 - the setting decides
    """Read the value of a variable or flag; lists are separated by commas."""
    if declaration.is_switch:
        return _switch(declaration, text, origin)
    if declaration.is_list:
        words = tuple(word.strip() for word in text.split(",") if word.strip())
        return tuple(_checked(declaration, word, origin) for word in words)
    if declaration.name == "gpu":
        text = _GPU_WORDS.get(text.lower(), text.lower())
    return _checked(declaration, text, origin)


def from_toml(declaration: Declaration, value: object, origin: str) -> Any:  # noqa: ANN401 - likewise
    """Read the value of a key in a TOML file, where switches and lists have types of their own."""
    if declaration.is_list and isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(_checked(declaration, each, origin) for each in value)
    if isinstance(value, bool) and (declaration.is_switch or "true" in declaration.choices):
        return from_text(declaration, str(value).lower(), origin)
    if isinstance(value, str) and not declaration.is_list:
        return from_text(declaration, value, origin)
    kind = "a list of strings" if declaration.is_list else "true or false" if declaration.is_switch else "a string"
    raise SettingError(
        f"setting {declaration.name!r} in {origin} must be {kind}",
        hint=f"see: sygaldry config show, and docs/reference/settings.md#{declaration.name.replace('_', '-')}",
    )


def _switch(declaration: Declaration, text: str, origin: str) -> bool:
    if text.lower() not in _SWITCHES:
        raise SettingError(f"{origin} is {text!r}; {declaration.name} must be true or false")
    return _SWITCHES[text.lower()]


def _checked(declaration: Declaration, word: str, origin: str) -> str:
    if declaration.choices and word not in declaration.choices:
        meant = nearest(word, declaration.choices)
        raise SettingError(
            f"{origin} is {shortened(word)}, which is no {declaration.name.replace('_', ' ')}",
            hint=(f"did you mean {meant!r}? " if meant else "") + "possible: " + ", ".join(declaration.choices),
        )
    if len(word) > _LONGEST or (declaration.pattern and not fullmatch(declaration.pattern, word)):
        raise SettingError(
            f"{origin} is {shortened(word)}, which cannot be a {declaration.name.replace('_', ' ')}",
            hint=f"expected {declaration.expected}",
        )
    return word


def shortened(word: str) -> str:
    """Show a hostile word safely: quoted, escaped and cut."""
    shown = ascii(word[:80])
    return shown + "…" if len(word) > 80 else shown
