"""The help pages: 80 columns, the verbs of a group with the first line of their files."""

from __future__ import annotations

import sys
from argparse import RawDescriptionHelpFormatter
from textwrap import fill, wrap

from sygaldry import __version__, discovery
from sygaldry.cli._resolve_verb import aliases

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Action
    from collections.abc import Iterator, Mapping
    from types import ModuleType

    from sygaldry.cli._resolve_verb import Invocation
    from sygaldry.model.verb import Verb

WIDTH = 80
_COLUMN = 14
_OPTION_COLUMN = 26
_TITLE = "One reproducible environment for GPU-heavy, mixed-language projects"


class HelpFormatter(RawDescriptionHelpFormatter):
    """argparse's formatter with a fixed width, and the placeholder of an option's value printed once."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=_OPTION_COLUMN, width=WIDTH)

    def _format_action_invocation(self, action: Action) -> str:
        if not action.option_strings or action.nargs == 0:
            return super()._format_action_invocation(action)
        placeholder = self._format_args(action, self._get_default_metavar_for_optional(action))
        return f"{', '.join(sorted(action.option_strings, key=len))} {placeholder}"


def group_help(invocation: Invocation) -> str:
    """List the verbs of a group under their headings, or print the version."""
    if invocation.wants_version:
        return f"sygaldry {__version__}\n"
    group, typed = invocation.group, " ".join(("sygaldry", *invocation.words))
    title = summary(group) if invocation.words else _TITLE
    lines = [f"usage: {typed} VERB [options]", "", title]
    for heading, names in headings(group).items():
        lines += ["", f"{heading}:", *(line for name in names for line in _row(group, name))]
    if others := aliases(group):
        lines += ["", "other names:", *_alias_rows(others)]
    lines += ["", "more:", f"  {typed} VERB --help"]
    if not invocation.words:
        lines += ["  sygaldry launch -- bazel build //...", "  sygaldry --version"]
    return "\n".join(lines) + "\n"


def headings(group: ModuleType) -> Mapping[str, tuple[str, ...]]:
    """Return the verbs of a group by heading; those that no heading names come last."""
    declared: Mapping[str, tuple[str, ...]] = getattr(group, "HEADINGS", {})
    named = {name for names in declared.values() for name in names}
    others = tuple(name for name in discovery.names(group) if name not in named)
    return {**declared, **({"other verbs" if declared else "verbs": others} if others else {})}


def summary(module: ModuleType) -> str:
    """Return the first line of the file of a verb or group."""
    return (module.__doc__ or "").strip().partition("\n")[0].rstrip(".")


def description_of(verb: Verb) -> str:
    """Return the docstring of a verb's file, each paragraph wrapped to the width of a help page."""
    text = (sys.modules[verb.act.__module__].__doc__ or "").strip()
    return "\n\n".join(fill(" ".join(part.split()), WIDTH) for part in text.split("\n\n"))


def examples_of(verb: Verb) -> str:
    """Return the examples as the end of a help page."""
    return "\n".join(["examples:", *(f"  {line}" for line in verb.examples)]) if verb.examples else ""


def _row(group: ModuleType, name: str) -> Iterator[str]:
    text = wrap(summary(discovery.load(group, name)), WIDTH - _COLUMN - 2) or [""]
    yield f"  {name:<{_COLUMN}}{text[0]}".rstrip()
    yield from (f"  {'':<{_COLUMN}}{line}" for line in text[1:])


def _alias_rows(others: Mapping[str, str]) -> Iterator[str]:
    by_verb: dict[str, list[str]] = {}
    for alias, name in others.items():
        by_verb.setdefault(name, []).append(alias)
    yield from (f"  {', '.join(names):<{_COLUMN}}{name}" for name, names in by_verb.items())
