"""Check a document after it was parsed: aliases of YAML expand without end, and deep nesting overflows the stack."""

from __future__ import annotations

from typing import Any, Final

_DEEPEST: Final = 100
_MOST_VALUES: Final = 2_000_000


def check_document(value: Any, most: int = _MOST_VALUES) -> None:  # noqa: ANN401 - a document of any shape
    """Raise ValueError for a document that nothing of ours can walk.

    It is nested too deeply, contains itself, is too large once its aliases are expanded, or has a null character,
    which no path, variable or argument can hold.
    """
    left = [(value, 0)]
    count = 0
    while left:
        each, depth = left.pop()
        if isinstance(each, str):
            if "\0" in each:
                raise ValueError("a text has a null character")
        elif isinstance(each, dict):
            left += [(inner, depth + 1) for pair in each.items() for inner in pair]
        elif isinstance(each, list):
            left += [(inner, depth + 1) for inner in each]
        count += 1
        if depth > _DEEPEST:
            raise ValueError("it is nested too deeply")
        if count + len(left) > most:
            raise ValueError(f"it has more than {most} values")
