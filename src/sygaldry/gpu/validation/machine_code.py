"""Which architectures the machine code in a library is for: a list of build flags is a claim, the code is the proof.

nvcc puts "fat binaries" into the sections `.nv_fatbin` and `__nv_relfatbin` of an ELF file: a header of 16 bytes
(magic, version, its own size, the size of what follows), then entries, each with a header that says what it is (1 PTX,
2 machine code) and for which architecture. `cuobjdump --list-elf` lists the same:
https://docs.nvidia.com/cuda/cuda-binary-utilities/
"""

import mmap
import struct
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from sygaldry.gpu.architectures import Architectures
from sygaldry.gpu.compatibility import Capability

_SECTIONS: Final = (b".nv_fatbin", b"__nv_relfatbin")
_MAGIC: Final = struct.pack("<I", 0xBA55ED50)
_FATBIN: Final = struct.Struct("<IHHQ")
_ENTRY: Final = struct.Struct("<HHIQIIHHI")  # kind, -, size of the header, of the body, -, -, -, -, architecture
_PTX: Final = 1
_CODE: Final = 2
_MOST_BINARIES: Final = 200_000  # torch has some thousands
_MOST_ENTRIES: Final = 200
# Some kernels are written for single architectures; what a build is for, most of its kernels have.
_SHARE: Final = 0.5


def compiled_for(libraries: Iterable[Path]) -> Architectures:
    """Read the architectures that most fat binaries of the libraries have; none where there are no fat binaries.

    Raises OSError for a library that cannot be read.
    """
    code: Counter[Capability] = Counter()
    ptx: Counter[Capability] = Counter()
    total = 0
    for library in libraries:
        for entries in fat_binaries(library):
            code.update({capability for kind, capability in entries if kind == _CODE})
            ptx.update({capability for kind, capability in entries if kind == _PTX})
            total += 1
    return Architectures(
        sass=frozenset(each for each, count in code.items() if count >= total * _SHARE),
        ptx=frozenset(each for each, count in ptx.items() if count >= total * _SHARE),
    )


def fat_binaries(library: Path) -> Iterator[set[tuple[int, Capability]]]:
    """Yield the kind and the architecture of each entry of every fat binary; only headers are read."""
    with library.open("rb") as file:
        if file.seek(0, 2) < 64:
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            for start, end in _sections(data):
                yield from _binaries(data, start, end)


def _sections(data: mmap.mmap) -> Iterator[tuple[int, int]]:
    """Find the sections of an ELF file of 64 bits. https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.sheader.html"""
    if data[:6] != b"\x7fELF\x02\x01":
        return
    try:
        (table,) = struct.unpack_from("<Q", data, 0x28)
        size, count, names = struct.unpack_from("<HHH", data, 0x3A)
        headers = [struct.unpack_from("<IIQQQQ", data, table + index * size) for index in range(count)]
        strings = headers[names][4]
        for name, _, _, _, offset, length in headers:
            end = data.find(b"\0", strings + name, strings + name + 64)
            if data[strings + name : end] in _SECTIONS and offset + length <= len(data):
                yield offset, offset + length
    except (struct.error, IndexError, OverflowError):
        return


def _binaries(data: mmap.mmap, start: int, end: int) -> Iterator[set[tuple[int, Capability]]]:
    for _ in range(_MOST_BINARIES):
        start = data.find(_MAGIC, start, end)
        if start < 0 or start + _FATBIN.size > end:
            return
        _, version, header, size = _FATBIN.unpack_from(data, start)
        last = start + header + size
        if version != 1 or header != _FATBIN.size or last > end:
            start += len(_MAGIC)  # chance bytes
            continue
        entries = set(_entries(data, start + header, last))
        if entries:
            yield entries
        start = last


def _entries(data: mmap.mmap, at: int, end: int) -> Iterator[tuple[int, Capability]]:
    for _ in range(_MOST_ENTRIES):
        if at + _ENTRY.size > end:
            return
        kind, _, header, size, *_, architecture = _ENTRY.unpack_from(data, at)
        if header < _ENTRY.size or at + header + size > end:
            return
        if kind in (_PTX, _CODE):
            yield kind, divmod(architecture, 10)
        at += header + size
