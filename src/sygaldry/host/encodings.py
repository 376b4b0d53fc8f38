"""The encoding of a log that is not UTF-8: UTF-16 and UTF-32, with and without a byte order mark."""

import codecs
from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from sygaldry.host.logs import LogFile

_PIECE: Final = 1 << 20
_SHORTEST: Final = 8  # bytes that tell an encoding
# UTF-32 first: its mark begins with that of UTF-16.
_MARKS: Final = MappingProxyType(
    {
        codecs.BOM_UTF32_LE: "utf-32",
        codecs.BOM_UTF32_BE: "utf-32",
        codecs.BOM_UTF16_LE: "utf-16",
        codecs.BOM_UTF16_BE: "utf-16",
    }
)


def encoding_of(head: bytes) -> str:
    """Name the encoding of a log that begins with `head`; empty for UTF-8 and for anything unknown."""
    for mark, name in _MARKS.items():
        if head.startswith(mark):
            return name
    if len(head) < _SHORTEST:
        return ""
    # Without a mark: every second byte of the digits, spaces and Latin letters of a log is zero.
    first, second = head[0::2], head[1::2]
    if _are_mostly_zeros(second) and not first.count(0):
        return "utf-16-le"
    return "utf-16-be" if _are_mostly_zeros(first) and not second.count(0) else ""


def recoded(source: LogFile, encoding: str) -> Iterator[bytes]:
    """Decode a log piece by piece and encode it in UTF-8."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for offset in range(0, source.size, _PIECE):
        yield decoder.decode(source.read(offset, _PIECE)).encode("utf-8", "replace")


def _are_mostly_zeros(part: bytes) -> bool:
    return part.count(0) * 10 > len(part) * 6
