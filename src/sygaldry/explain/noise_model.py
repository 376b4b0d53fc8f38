"""The last good run as a noise model: what a successful run printed too accuses nobody."""

from array import array
from itertools import islice
from typing import Final

from sygaldry.diagnosis import Source
from sygaldry.explain.scan import lines_between, scan
from sygaldry.explain.text import clean, template

_MOST: Final = 65_536  # templates, 4 bytes each
_HEAD: Final = 1 << 20
_END: Final = 3 << 20


class Noise:
    """The templates of a good run; an empty one knows nothing and blames all alike."""

    def __init__(self, packed: bytes = b"") -> None:
        numbers = array("I")
        numbers.frombytes(packed[: len(packed) // 4 * 4])
        self._templates = frozenset(numbers)

    def __bool__(self) -> bool:
        return bool(self._templates)

    def knows(self, text: str) -> bool:
        return bool(self._templates) and template(text) in self._templates


def learn(source: Source) -> bytes:
    """Pack the templates of a run that succeeded: its scary lines all, its start and its end line by line."""
    found = scan(source)
    end = max(source.size - _END, 0)
    lines = lines_between(source, 0, min(_HEAD, source.size), 1)
    lines += lines_between(source, max(end, min(_HEAD, source.size)), source.size, 1)
    templates = {template(clean(raw.raw)) for raw in (*found.candidates, *found.tail, *lines)}
    return array("I", sorted(islice(templates, _MOST))).tobytes()
