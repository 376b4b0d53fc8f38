"""Turn the words after a verb into its arguments; a launch is parsed without argparse, which costs 15 ms.

There are two parsers. The fast one reads the options it knows completely, and only for verbs that list all of theirs
in `switches`; everything else is left to argparse. A test runs every verb through both.
"""

from __future__ import annotations

import sys

from sygaldry.config.settings import all_settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from sygaldry.model.verb import Verb


def arguments_of(verb: Verb, words: tuple[str, ...], rest: list[str]) -> Namespace | None:
    """Return the arguments of a verb, or None if its help was requested and printed."""
    if (arguments := parse_fast(verb, rest)) is not None:
        return arguments
    from sygaldry.cli._parser import HELP_ALL, Parser, split_command

    parser = Parser(verb, words)
    options, command = split_command(parser, rest) if verb.takes_command else (rest, [])
    before_dashes = options[: options.index("--")] if "--" in options else options
    if HELP_ALL in before_dashes:
        parser = Parser(verb, words, all_settings_shown=True)
    # Before parsing, because a missing argument is no reason to withhold the help.
    arguments = None if {"-h", "--help", HELP_ALL} & set(before_dashes) else parser.parse_args(options)
    if arguments is None or hasattr(arguments, "help"):
        sys.stdout.write(parser.format_help())
        return None
    arguments.command = command
    return arguments


def parse_fast(verb: Verb, rest: list[str]) -> Namespace | None:
    """Read options and then the command; None if a word is not an option that is known for certain."""
    if not (verb.takes_command and verb.has_only_switches):
        return None
    values = {flag: each.name for each in all_settings() if not each.is_switch for flag in each.flags}
    values |= verb.texts
    lists = {each.name for each in all_settings() if each.is_list}
    switches = {each.flag: each.name for each in all_settings() if each.is_switch} | {"-q": "quiet"}
    switches |= {"--json": "json", "--debug": "debug", **verb.switches}
    arguments = _Arguments(
        dict.fromkeys(each.name for each in all_settings()),
        dict.fromkeys(verb.switches.values(), False),
        dict.fromkeys(verb.texts.values(), ""),
    )
    words = list(rest)
    while words and words[0].startswith("-") and words[0] != "-":
        word = words.pop(0)
        if word == "--":
            break
        flag, equals, value = word.partition("=")
        if not equals and word in switches:
            setattr(arguments, switches[word], True)
        elif flag in values and (equals or words):
            arguments.add(values[flag], value if equals else words.pop(0), repeated=values[flag] in lists)
        else:
            return None
    arguments.command = words
    return arguments  # type: ignore[return-value]  # it has the attributes of a Namespace


class _Arguments:
    """Arguments by name, as argparse's Namespace has them."""

    command: list[str]

    def __init__(self, *defaults: dict[str, object]) -> None:
        self.json = self.debug = False
        for each in defaults:
            self.__dict__.update(each)

    def add(self, name: str, value: str, *, repeated: bool) -> None:
        """Set an option; one that may be repeated collects its values."""
        self.__dict__[name] = [*(self.__dict__[name] or ()), value] if repeated else value
