"""Find the verb that was typed: a file in cli/, or in a folder of it."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import cast

from sygaldry import __version__, cli, discovery
from sygaldry.model.errors import UsageError
from sygaldry.model.verb import Verb


@dataclass(frozen=True)
class Found:
    """A verb and the words after it; without a verb, the room whose help was asked for."""

    words: tuple[str, ...]
    rest: list[str]
    room: ModuleType
    verb: Verb | None = None
    version: bool = False

    def help_text(self) -> str:
        """Return what is shown when no verb was typed."""
        if self.version:
            return f"sygaldry {__version__}\n"
        from sygaldry.cli._help import room_help  # imports every verb

        return room_help(self.room, self.words)


def find_verb(argv: list[str]) -> Found:
    """Walk down the rooms by the words typed; raises UsageError with the nearest name."""
    room, words, rest = cli, (), list(argv)
    path: tuple[str, ...] = words
    while rest:
        word = rest.pop(0)
        if word in ("-h", "--help", "help"):
            return _with_help(room, path, rest)
        if word == "--version":
            return Found(path, rest, room, version=True)
        if word == "--debug":
            continue
        module = _loaded(room, word, path)
        path = (*path, word)
        if not hasattr(module, "__path__"):
            return Found(path, rest, room, cast("Verb", module.VERB))
        room = module
    return Found(path, rest, room)


def _with_help(room: ModuleType, path: tuple[str, ...], rest: list[str]) -> Found:
    """Turn `help VERB` into `VERB --help`."""
    return find_verb([*path, *rest, "--help"]) if rest and not rest[0].startswith("-") else Found(path, [], room)


def _loaded(room: ModuleType, word: str, path: tuple[str, ...]) -> ModuleType:
    try:
        return discovery.load(room, word)
    except KeyError:
        known = discovery.names(room)
        meant = discovery.nearest(word, known)
        typed = " ".join(("sygaldry", *path))
        what = f"option {word!r} before a verb" if word.startswith("-") else f"verb {word!r}"
        raise UsageError(
            f"unknown {what}", hint=f"did you mean: {typed} {meant}" if meant else f"see: {typed} --help"
        ) from None
