"""The sentence of chained Python exceptions: the error itself, beside the one that replaced it where that tells more."""

from collections.abc import Sequence
from typing import Final

from sygaldry.diagnosis import Line
from sygaldry.diagnosis._exception_messages import is_bare
from sygaldry.diagnosis._tracebacks import FRAME
from sygaldry.diagnosis._wrappers import is_wrapper
from sygaldry.model.lazy_pattern import lazy_pattern

_MODULES: Final = lazy_pattern(r"^[\s|]*(?:[A-Za-z_]\w*\.){1,8}(?=[A-Z]\w*(?::|$))")
_DIRECT: Final = "direct cause"
# What a program does while an error leaves it: an exception there hides the one that made it leave.
_LEAVING: Final = frozenset(
    {"__exit__", "__aexit__", "__del__", "close", "cleanup", "clean_up", "shutdown", "teardown", "stop"}
)
_LIBRARY: Final = lazy_pattern(r"/lib(?:64)?/python\d|-packages/|^<frozen ")
_ENDED: Final = lazy_pattern(r"(?i)\b(?:closed|not (?:open|connected|started)|already (?:closed|stopped))\b")
_NO_REASON: Final = lazy_pattern(
    r"(?i): (?:an? (?:\w+ ){0,3}(?:error|exception|failure) (?:occurred|happened|was raised)\b.{0,60}|(?:\w+ ){1,4}(?:failed|unsuccessful|did not (?:finish|succeed|complete))"
    r"|(?:failed|unable) to \w+(?: (?:the )?[\w.-]+){0,3})\W{0,3}$"
)
_REPLACED: Final = 80  # characters of each message
_ROOT: Final = 110
_SHORTEST: Final = 3


def chained_sentence(lines: Sequence[Line], tracebacks: Sequence[tuple[int, int]]) -> str:
    """Return what chained exceptions say together; nothing where the last one says it all.

    `tracebacks` are those of `_tracebacks.chain`: newest first, each with its first line and its exception's line.
    """
    (start, last), root = tracebacks[0], tracebacks[-1][1]
    error, replaced = _plain(lines[root]), _plain(lines[last])
    message = error.partition(": ")[2] or error
    if root == last or len(message) < _SHORTEST or is_bare(error) or message in replaced or is_wrapper(error):
        return ""
    if _has_no_reason(replaced) or _hides(lines[start:last], replaced):
        return error
    if not any(_DIRECT in line.text for line in lines[root:start]):
        return ""
    return f"{_clipped(replaced, _REPLACED)}, because of {_clipped(error, _ROOT)}"


def _has_no_reason(text: str) -> bool:
    return is_bare(text) or is_wrapper(text) or bool(_NO_REASON.search(text))


def _hides(traceback: Sequence[Line], text: str) -> bool:
    """Return whether an exception was raised while another one left the program, by what it would have closed."""
    frames = [found for line in traceback if (found := FRAME.match(line.text)) and found["name"]]
    leaving = any(frame["name"] in _LEAVING and not _LIBRARY.search(frame["file"]) for frame in frames)
    last = frames[-1]["name"] if frames else ""
    return leaving or last in _LEAVING or (last.startswith("_") and bool(_ENDED.search(text)))


def _plain(line: Line) -> str:
    """Return an exception without the modules of its class."""
    return _MODULES.sub("", line.text.strip(" \t|+")).rstrip()


def _clipped(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
