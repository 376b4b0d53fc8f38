"""The whole command line as one argparse tree: for completion and the reference, never for a call."""

from argparse import ArgumentParser
from types import ModuleType
from typing import Any

from sygaldry import cli, discovery
from sygaldry.cli._help import summary
from sygaldry.cli._parser import Parser
from sygaldry.model.verb import Verb


def whole_parser() -> ArgumentParser:
    """Build a parser with every verb as a subparser."""
    parser = ArgumentParser(prog="sygaldry", description="One reproducible environment for GPU-heavy projects")
    _add_room(parser, cli, ())
    return parser


def every_verb(room: ModuleType = cli, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Verb]:
    """List every verb by the words that are typed for it."""
    found: dict[tuple[str, ...], Verb] = {}
    for name in discovery.names(room):
        module = discovery.load(room, name)
        words = (*path, name)
        found |= every_verb(module, words) if hasattr(module, "__path__") else {words: module.VERB}
    return found


def _add_room(parser: ArgumentParser, room: ModuleType, path: tuple[str, ...]) -> None:
    subparsers: Any = parser.add_subparsers  # its stub knows only classes of parsers
    verbs = subparsers(metavar="VERB", parser_class=_given)
    for name in discovery.names(room):
        module = discovery.load(room, name)
        words = (*path, name)
        if hasattr(module, "__path__"):
            group = ArgumentParser(prog=" ".join(("sygaldry", *words)), description=summary(module))
            _add_room(group, module, words)
            verbs.add_parser(name, made=group, help=summary(module))
        else:
            verbs.add_parser(name, made=Parser(module.VERB, words), help=summary(module))


def _given(*, made: ArgumentParser, **_: object) -> ArgumentParser:
    """Let a subparser be one that exists already."""
    return made
