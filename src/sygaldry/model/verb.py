"""The constant that a file in cli/ exports."""

from __future__ import annotations

from sygaldry.model.value import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Mapping

    from sygaldry.model.report import Report


@dataclass(frozen=True)
class Verb:
    """A verb of the command line.

    `arguments` declares options on a parser. `act` does the work: a Report is printed; an int is the exit code of a
    command that printed its own output. With `takes_command`, options end at the first word that is not one, or at
    `--`, and the rest arrives unchanged as `command`. `switches` maps options without a value to the attribute each
    sets, and `texts` those with one, empty if not given; with `has_only_switches` they are all the options of the verb,
    so that it is parsed without argparse (15 ms).
    `failure_code` replaces the exit code of every failure. `settings` names the settings that act on the verb, or
    whole sections of them: --help shows these and --help-all the others. `deletes` keeps the verb out of the hints
    for mistyped names. `examples` close the help.
    """

    arguments: Callable[[ArgumentParser], None]
    act: Callable[[Namespace], Report | int]
    takes_command: bool = False
    switches: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    has_only_switches: bool = False
    failure_code: int | None = None
    settings: tuple[str, ...] = ("project_id", "workspace", "storage_root")
    deletes: bool = False
    examples: tuple[str, ...] = ()
