"""Programs that a job's script did not find and went on without: `conda`, `module`, set-up of another machine."""

import re
from collections.abc import Sequence
from typing import Final

from sygaldry.diagnosis import Facts
from sygaldry.explain.match_rules import Match

# A shell names its script and the line; for `sh -c` of make or docker it names itself. A login shell, whose name
# starts with a hyphen, reads one command after the other.
_SCRIPT: Final = re.compile(
    r"^(?:-(?:ba|da|z|k)?sh: |(?!(?:/\S{1,80}/)?(?:ba|da|z|k)?sh: )\S{1,300}: line \d{1,6}: )\S{1,100}: command not found$"
)
_CODES: Final = frozenset({126, 127})
NOT_FOUND: Final = re.compile(r"\b(?:Error|code|status|exited)\W{1,3}12[67]\b")
_FOLLOW: Final = 1  # line after it that shows that the script went on


def went_on(hits: Sequence[Match], lines: int, facts: Facts) -> frozenset[int]:
    """Return the lines that report a program which was not found, where the script of the job did not stop there."""
    if facts.code is None or facts.code in _CODES or any(NOT_FOUND.search(each.hit.line.text) for each in hits):
        return frozenset()
    return frozenset(
        each.hit.line.number
        for each in hits
        if lines - each.hit.line.number >= _FOLLOW and _SCRIPT.match(each.hit.line.text)
    )
