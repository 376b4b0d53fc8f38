"""The candidates for the word at the cursor, and their descriptions; none means: complete file names."""

from argparse import SUPPRESS, Action, Namespace
from collections.abc import Mapping

from sygaldry import discovery
from sygaldry.cli._help import summary
from sygaldry.cli._parser import Parser
from sygaldry.cli._resolve_verb import Invocation, aliases, resolve_verb
from sygaldry.config.settings import all_settings
from sygaldry.flows.completion import known_values
from sygaldry.host.settings import resolved_settings, workspace_of
from sygaldry.model.errors import SygaldryError

_GLOBAL = {
    "--help": "print the help",
    "--version": "print the version",
    "--json": "print the result as JSON",
    "--quiet": "print only errors and the requested output",
    "--color": "when to print colour",
    "--debug": "print a traceback when something fails",
}


def candidates(words: list[str]) -> dict[str, str]:
    """Map each candidate for the last word to its description; the last word may be empty."""
    *typed, current = words or [""]
    if typed and typed[-1] == "--color":
        found = _setting_values("color", Namespace())
    else:
        invocation = resolve_verb(typed)
        found = _verbs(invocation, current) if invocation.verb is None else _arguments(invocation, current)
    return {word: text for word, text in found.items() if word.startswith(current)}


def _verbs(invocation: Invocation, current: str) -> dict[str, str]:
    if current.startswith("-"):
        return _GLOBAL
    group = invocation.group
    names = {name: summary(discovery.load(group, name)) for name in discovery.names(group)}
    # Other names only when they are being typed: two names for each verb would hide the list.
    others = {alias: f"same as {name}" for alias, name in aliases(group).items() if current and alias not in names}
    return names | others


def _arguments(invocation: Invocation, current: str) -> dict[str, str]:
    assert invocation.verb is not None  # noqa: S101 - the caller's condition, for the type checker
    parser = Parser(invocation.verb, invocation.words)
    known = {option: action for action in parser.all_actions for option in action.option_strings}
    positional = [action for action in parser.all_actions if not action.option_strings]
    values, count, expected = _walk(invocation.rest, known)
    if expected is not None:
        return _values_of(expected, values)
    if current.startswith("--") and "=" in current:
        option = current.partition("=")[0]
        found = _values_of(known[option], values) if option in known else {}
        return {f"{option}={value}": text for value, text in found.items()}
    if "--" in invocation.rest or (invocation.verb.takes_command and count):
        return {}
    if current.startswith("-"):
        return _options(parser, current)
    action = positional[min(count, len(positional) - 1)] if positional else None
    may_repeat = action is not None and action.nargs in ("*", "+")
    return _values_of(action, values) if action is not None and (count < len(positional) or may_repeat) else {}


def _walk(rest: list[str], known: Mapping[str, Action]) -> tuple[Namespace, int, Action | None]:
    """Return the typed values of options, the number of other words, and the option that still lacks its value."""
    values, count, expected = Namespace(), 0, None
    for word in rest:
        option, equals, value = word.partition("=")
        if expected is not None:
            setattr(values, expected.dest, word)
            expected = None
        elif option in known and known[option].nargs != 0:
            if equals:
                setattr(values, known[option].dest, value)
            else:
                expected = known[option]
        elif not word.startswith("-"):
            count += 1
    return values, count, expected


def _options(parser: Parser, current: str) -> dict[str, str]:
    """Return the options that --help shows and, once letters of its name are typed, any other."""
    found = {}
    for action in parser.all_actions:
        for option in action.option_strings:
            if option.startswith("--") and (action.help != SUPPRESS or len(current) > len("--")):
                found[option] = "" if action.help in (None, SUPPRESS) else str(action.help).replace("%%", "%")
    return found


def _values_of(action: Action, values: Namespace) -> dict[str, str]:
    if action.choices:
        return dict.fromkeys((str(choice) for choice in action.choices), "")
    if any(each.name == action.dest and each.choices for each in all_settings()):
        return _setting_values(action.dest, values)
    try:
        resolved = resolved_settings(vars(values), needs_consent=False)
        workspace = workspace_of(resolved.settings.workspace)
        by_placeholder = known_values(str(action.metavar), resolved, workspace)
        return by_placeholder or known_values(action.dest.upper(), resolved, workspace)
    except (SygaldryError, OSError):
        return {}  # a message would only disturb the line that is being typed


def _setting_values(name: str, _: Namespace) -> dict[str, str]:
    (setting,) = (each for each in all_settings() if each.name == name)
    return dict.fromkeys(setting.choices, "")
