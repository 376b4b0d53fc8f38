"""What a file in cli/ exports."""

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

    `arguments` declares flags on a parser. `act` does the work: a Report is printed, an int is the exit code of a
    command that spoke for itself. With `takes_command`, options end at the first word that is not one, or at
    `--`, and the rest arrives untouched as `command`. `switches` names options without a value, and what each
    sets to true, so that a launch needs no argparse (15 ms); `arguments` declares them too. `failure_code`, where
    given, replaces the exit code of every failure. `settings` shows the settings' flags in the help. `examples`
    close the help.
    """

    arguments: Callable[[ArgumentParser], None]
    act: Callable[[Namespace], Report | int]
    takes_command: bool = False
    switches: Mapping[str, str] = field(default_factory=dict)
    failure_code: int | None = None
    settings: bool = True
    examples: tuple[str, ...] = ()
