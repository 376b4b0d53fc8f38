"""The argparse parser of one verb: its own arguments, the settings as options, and the global options."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser

from sygaldry.cli._help import HelpFormatter, description_of, examples_of
from sygaldry.config.settings import all_settings
from sygaldry.discovery import nearest
from sygaldry.model.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Action
    from typing import Any, NoReturn

    from sygaldry.config.declare import Declaration
    from sygaldry.model.verb import Verb

HELP_ALL = "--help-all"
_MOST_CHOICES_SHOWN = 5
_GLOBAL_SETTINGS = ("quiet", "color")


class Parser(ArgumentParser):
    """An ArgumentParser that records which options take a value and raises errors with a hint."""

    def __init__(self, verb: Verb, words: tuple[str, ...], *, all_settings_shown: bool = False) -> None:
        self.takes_value: dict[str, bool] = {}
        super().__init__(
            prog=" ".join(("sygaldry", *words)),
            description=description_of(verb),
            epilog=examples_of(verb),
            formatter_class=HelpFormatter,
            allow_abbrev=False,
            add_help=False,
        )
        self._positionals.title = "arguments"
        verb.arguments(self)
        _add_settings(self, verb, all_settings_shown=all_settings_shown)
        _add_global_options(self)
        self.usage = _usage(self, takes_command=verb.takes_command)

    @property
    def all_actions(self) -> list[Action]:
        """Return every argument and option, for help and completion."""
        return self._actions

    def add_argument(self, *names: str, **options: Any) -> Action:  # noqa: ANN401 - argparse's own
        """Add an argument and record whether its option takes a value."""
        action = super().add_argument(*names, **options)
        self.takes_value |= dict.fromkeys(action.option_strings, action.nargs != 0)
        return action

    def _get_values(self, action: Action, arg_strings: list[str]) -> Any:  # noqa: ANN401 - argparse's own
        # argparse before Python 3.13 takes `--option=--` for an option without a value and returns an empty list.
        if action.option_strings and arg_strings == ["--"]:
            return self._get_value(action, "--")
        return super()._get_values(action, arg_strings)

    def error(self, message: str) -> NoReturn:
        """Raise UsageError instead of exiting."""
        word = message.rpartition(": ")[2].split(" ")[0].split("=")[0]
        is_unknown = word.startswith("-") and word not in self.takes_value  # a required option is named, too
        suggestion = nearest(word, tuple(self.takes_value)) if is_unknown else None
        raise UsageError(message, hint=f"did you mean {suggestion!r}?" if suggestion else f"see: {self.prog} --help")


def split_command(parser: Parser, words: list[str]) -> tuple[list[str], list[str]]:
    """Split options from the command: it begins at `--`, or at the first word that is not an option.

    An option is joined with its value, because argparse would refuse a value that starts with a dash.
    """
    options: list[str] = []
    index = 0
    while index < len(words):
        word = words[index]
        if word == "--":
            return options, words[index + 1 :]
        if not word.startswith("-") or word == "-":
            break
        if parser.takes_value.get(word) and index + 1 < len(words):
            options.append(f"{word}={words[index + 1]}")
            index += 2
        else:
            options.append(word)
            index += 1
    return options, words[index:]


def _usage(parser: Parser, *, takes_command: bool) -> str:
    required = [
        f"{action.option_strings[0]} {_placeholder(action)}"
        for action in parser.all_actions
        if action.option_strings and action.required
    ]
    positional = [_positional(action) for action in parser.all_actions if not action.option_strings]
    command = ["[--] [command ...]"] if takes_command else []
    return " ".join([parser.prog, "[options]", *required, *positional, *command])


def _positional(action: Action) -> str:
    name = _placeholder(action)
    shapes = {"?": f"[{name}]", "*": f"[{name} ...]", "+": f"{name} [{name} ...]"}
    return shapes.get(str(action.nargs), name)


def _placeholder(action: Action) -> str:
    if action.choices and not action.metavar:
        return "{" + ",".join(str(choice) for choice in action.choices) + "}"
    return str(action.metavar or action.dest)


def _add_settings(parser: Parser, verb: Verb, *, all_settings_shown: bool) -> None:
    title = "settings, also as variables and in sygaldry.toml"
    group = parser.add_argument_group(title)
    for each in all_settings():
        if each.flag not in parser.takes_value and each.name not in _GLOBAL_SETTINGS:
            acts = each.name in verb.settings or each.section in verb.settings
            text = _help_of(each, is_shown=acts or all_settings_shown, is_whole=all_settings_shown)
            _add_setting(group, each, parser, text)


def _help_of(each: Declaration, *, is_shown: bool, is_whole: bool) -> str:
    """Return the help of a setting; --help prints only what comes before the first semicolon."""
    if not is_shown:
        return SUPPRESS
    return _lower_first(each.help if is_whole else each.help.partition(";")[0]).replace("%", "%%")


def _add_setting(group: Any, each: Declaration, parser: Parser, text: str) -> None:  # noqa: ANN401 - argparse's
    parser.takes_value[each.flag] = not each.is_switch
    if each.is_switch:
        group.add_argument(each.flag, action="store_true", default=None, help=text)
        return
    are_few = each.choices and len(each.choices) <= _MOST_CHOICES_SHOWN
    metavar = "{" + ",".join(each.choices) + "}" if are_few else (each.kind or "value").upper()
    spellings = tuple(flag for flag in each.flags if flag not in parser.takes_value or flag == each.flag)
    parser.takes_value |= dict.fromkeys(spellings, True)
    action = "append" if each.is_list else "store"
    group.add_argument(*spellings, dest=each.name, metavar=metavar, help=text, action=action)


def _lower_first(text: str) -> str:
    """Start in lower case, as the help of every other option does; an abbreviation keeps its capitals."""
    return text[0].lower() + text[1:] if text[1:2].islower() else text


def _add_global_options(parser: Parser) -> None:
    group = parser.add_argument_group("global options")
    group.add_argument("-h", "--help", action="store_true", default=SUPPRESS, help="print this help")
    group.add_argument(HELP_ALL, action="store_true", default=SUPPRESS, help="print this help with every setting")
    if "--json" not in parser.takes_value:
        group.add_argument("--json", action="store_true", help="print the result as JSON")
    settings = {each.name: each for each in all_settings()}
    short = [] if "-q" in parser.takes_value else ["-q"]
    if "--quiet" not in parser.takes_value:
        group.add_argument(
            *short, "--quiet", action="store_true", default=None, help=_lower_first(settings["quiet"].help)
        )
    if "--color" not in parser.takes_value:
        group.add_argument("--color", metavar="WHEN", help="colour the output: auto, always or never")
        parser.takes_value["--color"] = True
    group.add_argument("--debug", action="store_true", help="print a traceback when something fails")
    # Arguments of a group do not pass Parser.add_argument; a mistyped one is compared with these.
    parser.takes_value |= dict.fromkeys(("--help", HELP_ALL, "--json", "--quiet", "--debug"), False)
