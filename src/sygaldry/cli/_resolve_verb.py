"""Resolve the typed words to a verb: a file in cli/, or in a package of it."""

from __future__ import annotations

from sygaldry import cli, discovery
from sygaldry.model.errors import UsageError
from sygaldry.model.value import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from sygaldry.model.verb import Verb

# Options that also work before the verb; they are passed on to it.
_GLOBAL_SWITCHES = ("--debug", "--json", "--quiet", "-q")
_GLOBAL_VALUES = ("--color",)
_HELP = ("-h", "--help", "help")


@dataclass(frozen=True)
class Invocation:
    """A verb and the words after it; without a verb, the group whose help was requested."""

    words: tuple[str, ...]
    rest: list[str]
    group: ModuleType = cli
    verb: Verb | None = None
    wants_version: bool = False


def resolve_verb(argv: list[str]) -> Invocation:
    """Walk down the groups by the typed words; raises UsageError with the nearest name."""
    group: ModuleType = cli
    path: tuple[str, ...] = ()
    leading: list[str] = []
    rest = list(argv)
    while rest:
        word = rest.pop(0)
        if word in _HELP:
            return _help_request(group, path, rest)
        if word in ("--version", "-V"):
            return Invocation(path, rest, group, wants_version=True)
        if word in _GLOBAL_SWITCHES:
            leading.append(word)
            continue
        if word.partition("=")[0] in _GLOBAL_VALUES:
            leading.append(word if "=" in word else f"{word}={_value(word, rest)}")
            continue
        name = aliases(group).get(word, word)
        module = _load(group, name, path)
        path = (*path, name)
        if not hasattr(module, "__path__"):
            return Invocation(path, [*leading, *rest], group, module.VERB)
        group = module
    return Invocation(path, leading, group)


def aliases(group: ModuleType) -> Mapping[str, str]:
    """Return the other names of the verbs of a group, as people type them for docker, Slurm or uv."""
    found: Mapping[str, str] = getattr(group, "ALIASES", {})
    return found


def _help_request(group: ModuleType, path: tuple[str, ...], rest: list[str]) -> Invocation:
    """Turn `help VERB` into `VERB --help`."""
    is_for_verb = rest and not rest[0].startswith("-")
    return resolve_verb([*path, *rest, "--help"]) if is_for_verb else Invocation(path, [], group)


def _value(option: str, rest: list[str]) -> str:
    if not rest:
        raise UsageError(f"{option} needs a value", hint="see: sygaldry --help")
    return rest.pop(0)


def _load(group: ModuleType, word: str, path: tuple[str, ...]) -> ModuleType:
    try:
        return discovery.load(group, word)
    except KeyError:
        suggestion = _suggestion(group, word)
        typed = " ".join(("sygaldry", *path))
        what = f"option {word!r} before a verb" if word.startswith("-") else f"verb {word!r}"
        hint = f"did you mean: {typed} {suggestion}" if suggestion else f"see: {typed} --help"
        raise UsageError(f"unknown {what}", hint=hint) from None


def _suggestion(group: ModuleType, word: str) -> str | None:
    """Return the nearest name of a verb that deletes nothing: a hint is often pasted without being read."""
    known = (*discovery.names(group), *aliases(group))
    for name in discovery.nearest_names(word, known):
        module = discovery.load(group, aliases(group).get(name, name))
        if hasattr(module, "__path__") or not module.VERB.deletes:
            return name
    return None
