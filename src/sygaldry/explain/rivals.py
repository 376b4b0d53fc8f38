"""Which other candidates speak against the best one.

A repetition of the same message does not, whichever tool prints it: BuildKit quotes the output of the failed step,
pytest its errors in a summary, a script the log that it has written. A wrapper that only reports the failure does not
either.
"""

from collections.abc import Iterable
from typing import Final

from sygaldry.diagnosis import Line
from sygaldry.diagnosis._wrappers import is_wrapper
from sygaldry.model.lazy_pattern import lazy_pattern

_SECONDS: Final = lazy_pattern(r"^\d{1,6}\.\d{1,4} ")  # BuildKit's quotation keeps the time since the step began
_LEAST: Final = 12  # characters of a message that is not part of another one by accident


def is_rival(message: str, lines: Iterable[Line], other: str) -> bool:
    """Return whether `other` is an error of its own beside the best candidate's `message` and the lines it explains."""
    return not repeats(other, (message, *(line.text for line in lines))) and (
        is_wrapper(message) or not is_wrapper(other)
    )


def repeats(text: str, messages: Iterable[str]) -> bool:
    """Return whether a line repeats one of the messages, or quotes the whole of it."""
    plain = _plain(text)
    return any(plain == known or (len(known) >= _LEAST and known in plain) for known in map(_plain, messages))


def _plain(text: str) -> str:
    return _SECONDS.sub("", text.strip(), count=1)
