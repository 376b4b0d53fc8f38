"""The parser of one verb: its own arguments, the settings as flags, and what every verb has."""

from __future__ import annotations

import sys
from argparse import SUPPRESS, ArgumentParser, RawDescriptionHelpFormatter

from sygaldry.config.settings import all_settings
from sygaldry.discovery import nearest
from sygaldry.model.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Action
    from typing import Any, NoReturn

    from sygaldry.config.declare import Declaration
    from sygaldry.model.verb import Verb

_MOST_SHOWN_CHOICES = 5


class Parser(ArgumentParser):
    """An argparse parser that knows which options take a value and whose errors have a hint."""

    def __init__(self, verb: Verb, words: tuple[str, ...], *, with_settings: bool = True) -> None:
        self.takes_value: dict[str, bool] = {}
        super().__init__(
            prog=" ".join(("sygaldry", *words)),
            description=_docstring(verb),
            epilog=_epilog(verb),
            formatter_class=RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        verb.arguments(self)
        if verb.takes_command:
            self.usage = f"{self.prog} [options] [--] [command ...]"
        _add_common(self, with_settings=with_settings and verb.settings)

    def add_argument(self, *names: str, **options: Any) -> Action:  # noqa: ANN401 - argparse's own
        """Add an argument, remembering whether its option takes a value."""
        action = super().add_argument(*names, **options)
        self.takes_value |= dict.fromkeys(action.option_strings, action.nargs != 0)
        return action

    def error(self, message: str) -> NoReturn:
        """Raise instead of exiting deep inside."""
        word = message.rpartition(": ")[2].split(" ")[0].split("=")[0]
        meant = nearest(word, tuple(self.takes_value)) if word.startswith("-") else None
        raise UsageError(message, hint=f"did you mean {meant!r}?" if meant else f"see: {self.prog} --help")


def split_command(parser: Parser, words: list[str]) -> tuple[list[str], list[str]]:
    """Split options from the command: it begins at `--`, or at the first word that is no option."""
    index = 0
    while index < len(words):
        word = words[index]
        if word == "--":
            return words[:index], words[index + 1 :]
        if not word.startswith("-") or word == "-":
            break
        index += 2 if parser.takes_value.get(word) else 1
    return words[:index], words[index:]


def _docstring(verb: Verb) -> str:
    return (sys.modules[verb.act.__module__].__doc__ or "").strip()


def _epilog(verb: Verb) -> str:
    return "\n".join(["examples:", *(f"  {line}" for line in verb.examples)]) if verb.examples else ""


def _add_common(parser: Parser, *, with_settings: bool) -> None:
    parser.add_argument("--debug", action="store_true", help="show a traceback when something fails")
    if "--json" not in parser.takes_value:
        parser.add_argument("--json", action="store_true", help="answer with JSON for programs")
    where = "each also a variable and a key of sygaldry.toml: sygaldry config show"
    group = parser.add_argument_group(*(["settings", where] if with_settings else []))
    for each in all_settings():
        if each.flag not in parser.takes_value:
            _add_setting(group, each, parser, hidden=not with_settings)


def _add_setting(group: Any, each: Declaration, parser: Parser, *, hidden: bool) -> None:  # noqa: ANN401 - argparse's
    text = SUPPRESS if hidden else each.help.replace("%", "%%")
    parser.takes_value[each.flag] = not each.is_switch
    if each.is_switch:
        short = ["-q"] if each.name == "quiet" else []
        group.add_argument(*short, each.flag, action="store_true", default=None, help=text)
        return
    spellings = tuple(flag for flag in each.flags if flag not in parser.takes_value or flag == each.flag)
    parser.takes_value |= dict.fromkeys(spellings, True)
    few = each.choices and len(each.choices) <= _MOST_SHOWN_CHOICES
    metavar = "{" + ",".join(each.choices) + "}" if few else each.name.upper()
    group.add_argument(
        *spellings, dest=each.name, metavar=metavar, help=text, action="append" if each.is_list else "store"
    )
