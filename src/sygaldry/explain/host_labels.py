"""Names of hosts before every line, as pdsh, clush and DeepSpeed's launcher print them, become labels of ranks.

A label is shorter than the name; a line is filled with blanks at its end, so that every line keeps its number and its
offset.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from sygaldry.model.lazy_pattern import lazy_pattern

_HOST: Final = lazy_pattern(rb"^([A-Za-z][\w.-]{1,60}\d[\w.-]{0,40}):(?= |\r?$)")
_FILE: Final = lazy_pattern(rb"\.(?:py[xi]?|[ch]|cc|cpp|hpp|cu|f\d?\d?|js|tsx?|go|rs|java|sh|txt|json|ya?ml)$")
_SHARE: Final = 0.95  # of the lines have a name
_LEAST: Final = 4  # lines of each host, on the average
_MOST: Final = 64  # hosts
_SHORTEST: Final = 3  # characters of a name: a label has as many with its brackets


def host_labels(sample: Sequence[bytes]) -> dict[bytes, bytes]:
    """Return a label for each host, where nearly all lines begin with the name of one; else nothing."""
    found = Counter(match[1] for match in map(_HOST.match, sample) if match)
    if not 2 <= len(found) <= _MOST or min(map(len, found)) < _SHORTEST or any(map(_FILE.search, found)):
        return {}
    if found.total() < _SHARE * len(sample) or found.total() < _LEAST * len(found):
        return {}
    labels = {name: b"[%d]:" % number for number, name in enumerate(sorted(found))}
    return labels if all(len(label) <= len(name) + 1 for name, label in labels.items()) else {}


def with_labels(lines: Sequence[bytes], labels: dict[bytes, bytes]) -> list[bytes]:
    """Replace the names at the starts of lines by their labels."""
    return [_with_label(line, labels) for line in lines]


def _with_label(line: bytes, labels: dict[bytes, bytes]) -> bytes:
    found = _HOST.match(line)
    if found is None or found[1] not in labels:
        return line
    return (labels[found[1]] + line[found.end(1) + 1 :]).ljust(len(line))
