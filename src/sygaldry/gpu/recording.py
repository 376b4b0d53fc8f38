"""What every probe was answered on one machine, as a value that can be saved, cleaned and read again."""

import posixpath
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any, Final

from sygaldry.gpu.unknown import CouldNotCheckError

SCHEMA: Final = 1
FILE: Final = "snapshot.toml"
ABSENT: Final = "absent"  # stands for a path that was looked for and is not there
MOST_BASES: Final = 8  # snapshots on one another; a circle ends here
LIMIT_CHARACTERS: Final = 400_000  # no single answer needs more; a kernel log is cut from its beginning

_UUID = re.compile(r"\b(GPU|MIG)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_SERIAL = re.compile(r"(?i)((?:serial(?: number)?|board id)\W{1,3})(\w[\w-]{5,})")
_SECRET = re.compile(r"(?i)\b((?:[\w-]*(?:token|secret|password|passwd|api_?key))[\"']?\s*[=:]\s*)(\S+)")
_LOGIN = re.compile(r"(\w+://)[^/\s@]+@")
_ADDRESS = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b(?=[:/\s\"']|$)")


@dataclass(frozen=True)
class Output:
    """What a program answered."""

    code: int
    out: str = ""
    err: str = ""


@dataclass(frozen=True)
class Recording:
    """Answers by path and by command. What is in none of the tables was not there; `trouble` says what hid.

    `probes` names the probes that were asked; None means all. `messages` is what an engine or a framework printed
    when it failed, if the caller supplied it.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    nodes: Mapping[str, str] = field(default_factory=dict)
    commands: Mapping[str, Output] = field(default_factory=dict)
    trouble: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    messages: str = ""
    source: str = ""
    probes: tuple[str, ...] | None = None

    def text(self, path: str) -> str | None:
        """Return a file's text, None if it is not there."""
        self._check_readable(path)
        return self.files.get(path)

    def texts(self, pattern: str) -> dict[str, str]:
        """Return the texts of all files that match."""
        self._check_readable(pattern)
        return {path: text for path, text in sorted(self.files.items()) if fnmatchcase(path, pattern)}

    def pointers(self, pattern: str) -> dict[str, str]:
        """Return where the symbolic links that match point."""
        self._check_readable(pattern)
        return {path: to for path, to in sorted(self.links.items()) if fnmatchcase(path, pattern)}

    def names(self, pattern: str) -> dict[str, str]:
        """Return what exists under names that match, each with its kind and access."""
        self._check_readable(pattern)
        found = ((path, kind) for path, kind in sorted(self.nodes.items()) if fnmatchcase(path, pattern))
        return {path: kind for path, kind in found if kind != ABSENT}

    def output(self, name: str) -> Output | None:
        """Return what a command answered, None if there is no such program."""
        self._check_readable(name)
        answer = self.commands.get(name)
        return None if answer is None or answer.code == 127 else answer

    def _check_readable(self, what: str) -> None:
        if what in self.trouble:
            raise CouldNotCheckError(f"{what}: {self.trouble[what]}")


def parse_recording(text: str, base: Callable[[str], str], *, depth: int = 0) -> Recording:
    """Read a saved snapshot; one that names a `base` holds only its differences from that one.

    `base` returns the text of a snapshot by its path from this one. Raises ValueError if the text is no recording.
    """
    table = tomllib.loads(text)
    if table.get("schema") != SCHEMA:
        raise ValueError(f"a snapshot of schema {table.get('schema')!r}; this Sygaldry reads {SCHEMA}")
    below = _below(table, base, depth) if "base" in table else Recording()
    gone = tuple(str(each) for each in _list(table, "gone"))
    own = _own(table)
    return Recording(
        files=_over(below.files, own.files, gone),
        links=_over(below.links, own.links, gone),
        nodes=_over(below.nodes, own.nodes, gone),
        commands=_over(below.commands, own.commands, gone),
        trouble={**below.trouble, **own.trouble},
        environment={**below.environment, **own.environment},
        messages=own.messages or below.messages,
        source=own.source or below.source,
        probes=below.probes if own.probes is None else own.probes,
    )


def format_recording(recording: Recording) -> str:
    """Write a snapshot so that a person can read it and a comparison shows what changed."""
    lines = [f"# {recording.source}", f"schema = {SCHEMA}", f"source = {_quoted(recording.source)}"]
    if recording.probes is not None:
        lines.append(f"probes = [{', '.join(_quoted(name) for name in recording.probes)}]")
    if recording.messages:
        lines.append(f"messages = {_quoted(recording.messages)}")
    for name in ("environment", "trouble", "nodes", "links", "files"):
        lines += ["", f"[{name}]"]
        lines += [f"{_quoted(key)} = {_quoted(text)}" for key, text in sorted(getattr(recording, name).items())]
    for name, answer in sorted(recording.commands.items()):
        lines += ["", f"[commands.{_quoted(name)}]", f"code = {answer.code}"]
        lines += [f"{key} = {_quoted(text)}" for key, text in (("out", answer.out), ("err", answer.err)) if text]
    return "\n".join(lines) + "\n"


def cleaned(recording: Recording, names: Mapping[str, str]) -> Recording:
    """Leave out what identifies people and places: secrets, GPU and serial numbers, addresses and the given names."""
    known: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        known.setdefault(found.group(), f"{found.group(1)}-{len(known) + 1:08x}-0000-0000-0000-000000000000")
        return known[found.group()]

    def clean(text: str) -> str:
        text = _UUID.sub(number, text[-LIMIT_CHARACTERS:])
        text = _SERIAL.sub(r"\1[left out]", text)
        text = _SECRET.sub(r"\1[left out]", _LOGIN.sub(r"\1", text))
        text = _ADDRESS.sub("[address]", text)
        for name, stand_in in names.items():
            text = re.sub(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", stand_in, text) if name else text
        return text

    return replace(
        recording,
        files={clean(path): clean(text) for path, text in recording.files.items()},
        links={clean(path): clean(text) for path, text in recording.links.items()},
        nodes={clean(path): text for path, text in recording.nodes.items()},
        commands={name: Output(a.code, clean(a.out), clean(a.err)) for name, a in recording.commands.items()},
        trouble={clean(path): clean(text) for path, text in recording.trouble.items()},
        environment={name: clean(text) for name, text in recording.environment.items()},
        messages=clean(recording.messages),
    )


def _own(table: Mapping[str, Any]) -> Recording:
    commands = {
        name: Output(_code(answer.get("code", 0)), str(answer.get("out", "")), str(answer.get("err", "")))
        for name, answer in _section(table, "commands").items()
        if isinstance(answer, dict)
    }
    return Recording(
        commands=commands,
        messages=str(table.get("messages", "")),
        source=str(table.get("source", "")),
        probes=tuple(str(name) for name in _list(table, "probes")) if "probes" in table else None,
        **{
            name: {str(key): str(value) for key, value in _section(table, name).items()}
            for name in ("files", "links", "nodes", "trouble", "environment")
        },
    )


def _below(table: Mapping[str, Any], base: Callable[[str], str], depth: int) -> Recording:
    """Read the snapshot below; its own base is named from its own folder."""
    if depth >= MOST_BASES:
        raise ValueError(f"more than {MOST_BASES} snapshots on one another")
    name = str(table["base"])
    return parse_recording(base(name), lambda inner: base(posixpath.join(name, inner)), depth=depth + 1)


def _list(table: Mapping[str, Any], name: str) -> list[Any]:
    value = table.get(name, [])
    if not isinstance(value, list):
        raise ValueError(f"{name} is not a list")  # noqa: TRY004 - one error for every malformed snapshot
    return value


def _code(value: object) -> int:
    if not isinstance(value, int):
        raise ValueError(f"the exit code {value!r} is not a number")  # noqa: TRY004 - as above
    return value


def _section(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = table.get(name, {})
    if not isinstance(section, dict):
        raise ValueError(f"[{name}] is not a table")  # noqa: TRY004 - one error for every malformed snapshot
    return section


def _over(below: Mapping[str, Any], own: Mapping[str, Any], gone: tuple[str, ...]) -> dict[str, Any]:
    kept = {key: value for key, value in below.items() if not any(fnmatchcase(key, each) for each in gone)}
    return {**kept, **own}


def _quoted(text: str) -> str:
    plain = all(char in "\n\t" or (ord(char) >= 32 and ord(char) != 127) for char in text)
    if plain and "\n" in text and "'''" not in text and not text.endswith("'"):
        return f"'''\n{text}'''"
    escaped = "".join(
        char if 32 <= ord(char) != 127 and char not in '"\\' else f"\\u{ord(char):04x}"
        for char in text
        if not 0xD800 <= ord(char) <= 0xDFFF
    )
    return f'"{escaped}"'
