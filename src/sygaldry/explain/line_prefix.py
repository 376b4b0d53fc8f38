"""What a launcher, a container engine or a logger puts before every line of a log is removed before the log is read.

A prefix that all lines share names one program, so nothing is lost with it; several labels, such as ranks, stay, and
names of several hosts become labels. A line without its prefix is filled with blanks at its end, so that every line
keeps its number and its offset.
"""

import re
from collections.abc import Sequence
from itertools import pairwise, takewhile
from typing import Final

from sygaldry.diagnosis import Memory, Source
from sygaldry.explain.host_labels import host_labels, with_labels
from sygaldry.model.lazy_pattern import lazy_pattern

_MOST: Final = 4 << 20  # bytes of a log that is read whole for this
_SAMPLE: Final = 64 << 10  # bytes of each end of the log
_LEAST: Final = 8  # lines that are enough to see a prefix
_SHARE: Final = 0.95  # of the lines have it
_LONGEST: Final = 120  # characters of a prefix
# Times differ from line to line. Each is one character in the shape of a line.
_TIMES: Final = (
    ("\ue000", r"\d{4}[-/]\d\d[-/]\d\d"),
    ("\ue001", r"\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"),
    ("\ue002", r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d"),
    ("\ue003", r" {0,8}\d{1,8}\.\d{1,6}(?=s?\])"),
    ("\ue004", r"std(?:out|err) [FP]"),  # https://kubernetes.io/docs/concepts/cluster-administration/logging/
)
_TIME: Final = lazy_pattern("|".join(f"({pattern})" for _, pattern in _TIMES))
# A bar, an arrow or a bracket ends a prefix; a colon only that of a host or of a process with its number.
_PREFIX: Final = lazy_pattern(
    "^(?:"
    r".{0,100}(?:[|>\]]|\ue004| -) "
    r"|(?:.{0,80}[\ue001 ])?(?:[\w.-]{1,60}\[\d{1,8}\]|[\w.-]{0,40}\d|INFO|DEBUG): "
    r"|[\ue000\ue002][T ]\ue001 "  # of `ts`
    r"|\s{3,8}"  # tools indent by one or two themselves
    ")"
)
_ALARMING: Final = lazy_pattern(r"(?i)error|fatal|fail|warn|exception|cannot|\*\*\*|\+")
_NUMBERED: Final = lazy_pattern(rb"^ {0,7}\d{1,7}(?:\t|: | \| )")


def without_prefix(source: Source) -> Source:
    """Return the log without what all its lines begin with, or as it is."""
    if source.size > _MOST:
        return source
    head, tail = source.read(0, _SAMPLE), source.read(max(source.size - _SAMPLE, _SAMPLE), _SAMPLE)
    sample = [line for line in (*head.split(b"\n")[:-1], *tail.split(b"\n")[1:-1]) if line.strip()]
    pattern = _numbers(sample) or _common(sample)
    hosts = {} if pattern else host_labels(sample)
    if pattern is None and not hosts:
        return source
    lines = source.read(0, source.size).split(b"\n")
    if pattern is None:
        return Memory(b"\n".join(with_labels(lines, hosts)))
    return Memory(b"\n".join(pattern.sub(b"", line, count=1).ljust(len(line)) for line in lines))


def _numbers(sample: Sequence[bytes]) -> re.Pattern[bytes] | None:
    """Recognise the line numbers of a listing: each is that of the line before and one."""
    found = list(takewhile(bool, map(_NUMBERED.match, sample)))
    numbers = [int(re.sub(rb"\D", b"", match[0])) for match in found if match]
    grows = len(numbers) >= _LEAST and all(b - a > 0 for a, b in pairwise(numbers))
    return _NUMBERED if grows and len(numbers) >= _SHARE * len(sample) else None


def _common(sample: Sequence[bytes]) -> re.Pattern[bytes] | None:
    shapes = sorted(_shape(line) for line in sample)
    most = int(_SHARE * len(shapes) + 1)
    if len(shapes) < _LEAST:
        return None
    pairs = zip(shapes, shapes[min(most, len(shapes)) - 1 :], strict=False)
    shared = max((_shared(first, last) for first, last in pairs), key=len)
    prefix = _PREFIX.match(shared)
    if prefix is None or not prefix[0] or _ALARMING.search(prefix[0]):
        return None
    if not prefix[0].strip():
        return re.compile(rb"^ {%d}" % len(prefix[0]))
    return re.compile(b"^" + _pattern(prefix[0].rstrip()).encode() + b"(?: |$)")


def _shape(line: bytes) -> str:
    text = line[: 2 * _LONGEST].decode("utf-8", "replace").rstrip("\r")
    return _TIME.sub(lambda match: _TIMES[(match.lastindex or 1) - 1][0], text)[:_LONGEST]


def _shared(first: str, last: str) -> str:
    """Return what two sorted shapes share; all shapes between them share it too."""
    same = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(a for a, _ in same)


def _pattern(shape: str) -> str:
    times = dict(_TIMES)
    return "".join(times.get(character, re.escape(character)) for character in shape)
