"""When to print colour: https://no-color.org and https://bixense.com/clicolors."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sygaldry.cli._coding_agent import is_coding_agent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TextIO


def wants_color(setting: str, stream: TextIO) -> bool:
    """Return whether to colour what goes to a stream; `setting` is auto, always or never."""
    if setting != "auto":
        return setting == "always"
    if os.environ.get("NO_COLOR") or is_coding_agent():
        return False
    return bool(os.environ.get("CLICOLOR_FORCE")) or stream.isatty()


_TONES = {"good": "32", "warning": "33", "bad": "31", "unknown": "36"}


def painter(states: Mapping[str, str]) -> Callable[[str], str]:
    """Return a function that colours the state of a line, where that is how the line begins or its second word."""

    def paint(line: str) -> str:
        begin = len(line) - len(line.lstrip())
        second = begin + len(line[begin:].split(" ", 1)[0])
        second += len(line[second:]) - len(line[second:].lstrip())
        for place in (begin, second):
            for state, tone in states.items():
                if _is_at(line, state, place):
                    end = place + len(state)
                    return f"{line[:place]}\x1b[{_TONES[tone]}m{state}\x1b[0m{line[end:]}"
        return line

    return paint


def _is_at(line: str, state: str, place: int) -> bool:
    following = line[place + len(state) : place + len(state) + 1]
    return line.startswith(state, place) and not following.isalnum() and following not in ("-", "_")
