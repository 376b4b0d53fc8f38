"""Keep an answer within a number of tokens."""

from __future__ import annotations

from typing import Final

CHARACTERS: Final = 3  # of a token, at least, in logs and status lines
_MARK: Final = "\n[{} characters left out]\n"


def bounded(text: str, tokens: int) -> str:
    """Return a text of at most so many tokens: of a longer one its start and, three times as much, its end."""
    most = tokens * CHARACTERS
    if len(text) <= most:
        return text
    mark = _MARK.format(len(text) - most)
    room = max(most - len(mark), 0)
    head = room // 4
    return f"{text[:head]}{mark}{text[len(text) - (room - head) :]}"
