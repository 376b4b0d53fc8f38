"""The reports of unittest: of one test that failed and could not be torn down, the failure comes first.

https://docs.python.org/3/library/unittest.html#unittest.TestCase.tearDown
"""

from collections.abc import Sequence
from typing import Final

from sygaldry.explain.scan import Raw
from sygaldry.explain.text import clean
from sygaldry.model.lazy_pattern import lazy_pattern

_HEAD: Final = lazy_pattern(r"^(?:ERROR|FAIL): (?P<name>\w{1,120} \([\w.]{1,200}\))")
_RULER: Final = "=" * 70
_FRAME: Final = lazy_pattern(
    r'^  File "[^"]{1,300}", line \d+, in (?P<name>tearDown|asyncTearDown|tearDownClass|doCleanups)\b'
)


def reports_of_tidying(tail: Sequence[Raw]) -> Sequence[range]:
    """Return the line numbers of each report of a `tearDown` that an earlier report of the same test explains."""
    heads = [
        (at, head["name"])
        for at, raw in enumerate(tail)
        if raw.raw.startswith((b"ERROR: ", b"FAIL: "))
        and (head := _HEAD.match(clean(raw.raw)))
        and clean(tail[at - 1].raw) == _RULER
    ]
    found: list[range] = []
    seen: set[str] = set()
    for index, (at, name) in enumerate(heads):
        end = heads[index + 1][0] if index + 1 < len(heads) else len(tail)
        if name in seen and any(_FRAME.match(clean(raw.raw)) for raw in tail[at:end]):
            found.append(range(tail[at].number, tail[end - 1].number))
        seen.add(name)
    return found
