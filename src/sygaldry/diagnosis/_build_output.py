"""What a build back end printed, as pip and uv quote it: the words of a set-up script that stopped without an error."""

from collections.abc import Iterator
from typing import Final

from sygaldry.diagnosis import Explanation, Line, Window
from sygaldry.model.lazy_pattern import lazy_pattern

_END: Final = lazy_pattern(r"^\W{0,12}(?:end of output\]|(?:std(?:out|err)\])$)|^\s{0,2}(?:note|hint|error|ERROR): ")
_PROGRESS: Final = lazy_pattern(
    r"^\s*(?:running|creating|copying|writing|reading|adding|building|removing|installing|byte-compiling|no previously-included"
    r"|hard linking|changing mode|Collecting|Requirement already|Looking in|Downloading)\b|^\s*(?:warn\(|!!|\*{4,})|\w*Warning: "
)
_ERROR: Final = lazy_pattern(
    r"^\s*(?:[\w.]{1,80}(?:Error|Exception|Exit)\b|(?:fatal |CMake )?(?i:error)\b.{0,3}:|Traceback \()|: (?:fatal )?(?i:error):"
)
_SHOWN: Final = 3
_LONGEST: Final = 120  # lines of quoted output


def message_of_back_end(window: Window) -> Explanation | None:
    """Return the first lines that are no progress; None where one of them is an error, which other rules know."""
    lines = list(_quoted(window))
    if any(_ERROR.search(line.text[:_LONGEST]) for line in lines):
        return None
    shown = [line for line in lines if not _PROGRESS.search(line.text)][:_SHOWN]
    if not shown:
        return None
    return Explanation(tuple(shown), says=f"the build stops: {' '.join(line.text.strip() for line in shown[:2])}")


def _quoted(window: Window) -> Iterator[Line]:
    for line in window.lines[window.index + 1 : window.index + 1 + _LONGEST]:
        if _END.search(line.text):
            return
        if any(map(str.isalnum, line.text)):
            yield line
