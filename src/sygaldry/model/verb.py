"""What a file in cli/ exports."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from sygaldry.model.report import Report

Act: TypeAlias = Callable[[Namespace], Report | int]


@dataclass(frozen=True)
class Verb:
    """A verb of the command line.

    `arguments` declares flags on a parser. `act` does the work: a Report is printed, an int is the exit code of a
    command that spoke for itself. With `takes_command`, options end at the first word that is not one, or at
    `--`, and the rest arrives untouched as `command`. `failure_code`, where given, replaces the exit code of every
    failure before the work starts. `settings` offers each setting as a flag. `examples` close the help.
    """

    arguments: Callable[[ArgumentParser], None]
    act: Act
    takes_command: bool = False
    failure_code: int | None = None
    settings: bool = True
    examples: tuple[str, ...] = ()
