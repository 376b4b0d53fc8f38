"""Turn the words after a verb into its arguments; a launch is read without argparse, which costs 15 ms."""

from __future__ import annotations

import sys

from sygaldry.config.settings import all_settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from sygaldry.model.verb import Verb


def arguments_of(verb: Verb, words: tuple[str, ...], rest: list[str]) -> Namespace | None:
    """Return the arguments of a verb, or None if its help was asked for and shown."""
    if verb.takes_command and (plain := plain_arguments(verb, rest)) is not None:
        return plain
    from sygaldry.cli._parser import Parser, split_command

    parser = Parser(verb, words)
    options, command = split_command(parser, rest) if verb.takes_command else (rest, [])
    if "--help" in options or "-h" in options:
        sys.stdout.write(parser.format_help())
        return None
    arguments = parser.parse_args(options)
    arguments.command = command
    return arguments


def plain_arguments(verb: Verb, rest: list[str]) -> Namespace | None:
    """Read options and then the command; None for whatever is not an option that we know for certain."""
    values = {flag: each.name for each in all_settings() if not each.is_switch for flag in each.flags}
    lists = {each.name for each in all_settings() if each.is_list}
    switches = {each.flag: each.name for each in all_settings() if each.is_switch} | {"-q": "quiet"}
    switches |= {"--json": "json", "--debug": "debug", **verb.switches}
    plain = _Plain(dict.fromkeys(values.values()), dict.fromkeys(verb.switches.values(), False))
    words = list(rest)
    while words and words[0].startswith("-") and words[0] != "-":
        word = words.pop(0)
        if word == "--":
            break
        flag, equals, value = word.partition("=")
        if not equals and word in switches:
            setattr(plain, switches[word], True)
        elif flag in values and (equals or words):
            plain.add(values[flag], value if equals else words.pop(0), repeated=values[flag] in lists)
        else:
            return None
    plain.command = words
    return plain  # type: ignore[return-value]  # it has what a Namespace has: attributes


class _Plain:
    """Arguments by name."""

    command: list[str]

    def __init__(self, *defaults: dict[str, object]) -> None:
        self.quiet: bool | None = None
        self.json = self.debug = False
        for each in defaults:
            self.__dict__.update(each)

    def add(self, name: str, value: str, *, repeated: bool) -> None:
        """Set an option; one that may be repeated collects its values."""
        self.__dict__[name] = [*(self.__dict__[name] or ()), value] if repeated else value
