"""Find the verb that was typed: a file in cli/, or in a folder of it."""

from __future__ import annotations

from sygaldry import cli, discovery
from sygaldry.model.errors import UsageError
from sygaldry.model.value import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from sygaldry.model.verb import Verb


@dataclass(frozen=True)
class Found:
    """A verb and the words after it; without a verb, the room whose help was asked for."""

    words: tuple[str, ...]
    rest: list[str]
    room: ModuleType
    verb: Verb | None = None
    wants_version: bool = False


def find_verb(argv: list[str]) -> Found:
    """Walk down the rooms by the words typed; raises UsageError with the nearest name."""
    room: ModuleType = cli
    path: tuple[str, ...] = ()
    rest = list(argv)
    while rest:
        word = rest.pop(0)
        if word in ("-h", "--help", "help"):
            return _with_help(room, path, rest)
        if word == "--version":
            return Found(path, rest, room, wants_version=True)
        if word == "--debug":
            continue
        module = _loaded(room, word, path)
        path = (*path, word)
        if not hasattr(module, "__path__"):
            return Found(path, rest, room, module.VERB)
        room = module
    return Found(path, rest, room)


def _with_help(room: ModuleType, path: tuple[str, ...], rest: list[str]) -> Found:
    """Turn `help VERB` into `VERB --help`."""
    return find_verb([*path, *rest, "--help"]) if rest and not rest[0].startswith("-") else Found(path, [], room)


def _loaded(room: ModuleType, word: str, path: tuple[str, ...]) -> ModuleType:
    try:
        return discovery.load(room, word)
    except KeyError:
        meant = discovery.nearest(word, discovery.names(room))
        typed = " ".join(("sygaldry", *path))
        what = f"option {word!r} before a verb" if word.startswith("-") else f"verb {word!r}"
        hint = f"did you mean: {typed} {meant}" if meant else f"see: {typed} --help"
        raise UsageError(f"unknown {what}", hint=hint) from None
