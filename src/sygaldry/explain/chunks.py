"""The written bytes of a log, a chunk at a time, around the holes of one that was bounded."""

from collections.abc import Iterator
from typing import Final

from sygaldry.diagnosis import Source

CHUNK: Final = 1 << 20


def chunks(source: Source, offset: int, size: int) -> Iterator[tuple[int, bytes]]:
    """Cut at line ends; a line longer than a chunk is cut where the chunk ends."""
    next_data = getattr(source, "next_data", None)
    while offset < size:
        if next_data is not None:
            offset = next_data(offset)
        chunk = source.read(offset, min(CHUNK, size - offset))
        if not chunk:  # it was truncated while we read
            return
        if offset + len(chunk) < size:
            chunk = chunk[: chunk.rfind(b"\n") + 1] or chunk
        yield offset, chunk
        offset += len(chunk)
