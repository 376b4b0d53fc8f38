"""Edit the files that hold pins, as text to text: what is not changed stays as it is, comments included."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any

from sygaldry.lockfile.lock import Entry, sorted_lock
from sygaldry.lockfile.text import format_lock, parse_lock
from sygaldry.model.errors import LockError, SettingError
from sygaldry.releases import Release


def set_setting(name: str, value: str) -> Callable[[str], str]:
    """Set a setting in the text of a sygaldry.toml. Raises SettingError if that cannot be done safely."""
    line = f"{name} = {json.dumps(value, ensure_ascii=False)}"

    def change(text: str) -> str:
        head, table, rest = _top_level(text)
        known = re.compile(rf"^{name}\s*=[^\n]*$", re.MULTILINE)
        if known.search(head):
            head = known.sub(lambda _: line, head, count=1)
        else:
            head = f"{head.rstrip()}\n{line}\n".lstrip("\n") + ("\n" if table else "")
        edited = f"{head}{table}{rest}"
        try:
            is_right = tomllib.loads(edited) == {**tomllib.loads(text), name: value}
        except ValueError:
            is_right = False
        if not is_right:
            raise SettingError(f"{name} cannot be set in sygaldry.toml safely", hint=f"write it yourself: {line}")
        return edited

    return change


def add_pins(tool: str, release: Release) -> Callable[[str], str]:
    """Add a release to the user's own pins."""

    def change(text: str) -> str:
        table = json.loads(text or "{}")
        table.setdefault(tool, {})[release.version] = _pins(release)
        return json.dumps(table, indent=1, sort_keys=True) + "\n"

    return change


def replace_pins(tool: str, old: str, new: str, release: Release) -> Callable[[str], str]:
    """Put a release in the place of a version in the text of artifacts.json."""

    def change(text: str) -> str:
        table: dict[str, Any] = json.loads(text)
        versions = table["artifacts"][tool]
        table["artifacts"][tool] = {new if name == old else name: pins for name, pins in versions.items()}
        table["artifacts"][tool][new] = _pins(release)
        return json.dumps(table, indent=1, ensure_ascii=False) + "\n"

    return change


def replace_word(old: str, new: str) -> Callable[[str], str]:
    """Replace one group of words in the text of a step of the image. Raises LockError if it is not there once."""

    def change(text: str) -> str:
        if text.count(old) != 1:
            raise LockError(f"{old!r} is in the step {text.count(old)} times, not once", hint="edit it yourself")
        return text.replace(old, new)

    return change


def replace_text(old: str, new: str) -> Callable[[str], str]:
    """Replace a whole file. Raises LockError if it is no longer what was compared."""

    def change(text: str) -> str:
        if text != old:
            raise LockError("a file changed while its update was computed", hint="try again: sygaldry update")
        return new

    return change


def replace_entry(entry: Entry) -> Callable[[str], str]:
    """Replace one entry in the text of a sygaldry.lock."""

    def change(text: str) -> str:
        lock = parse_lock(text, "sygaldry.lock")
        return format_lock(sorted_lock(lock.sygaldry, (*lock.entries, entry)))

    return change


def _pins(release: Release) -> Mapping[str, Mapping[str, str]]:
    return {
        architecture: {
            "url": each.url,
            **({"file": each.file} if each.file else {}),
            "sha256": each.sha256,
        }
        for architecture, each in release.downloads.items()
    }


def _top_level(text: str) -> tuple[str, str, str]:
    """Split a TOML text before its first table."""
    found = re.search(r"^[ \t]*\[", text, re.MULTILINE)
    return (text, "", "") if found is None else (text[: found.start()], found[0], text[found.end() :])
