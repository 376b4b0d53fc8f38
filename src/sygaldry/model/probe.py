"""What a check wants to know: a program to run or a file to read, and what comes back."""

from dataclasses import dataclass
from typing import TypeAlias

from sygaldry.model.command import Command, Completed


@dataclass(frozen=True)
class FileText:
    """A file to read; at most the first 64 KiB are wanted."""

    path: str


Probe: TypeAlias = Command | FileText
Answer: TypeAlias = Completed | str | None
