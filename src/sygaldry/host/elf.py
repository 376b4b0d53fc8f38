"""Read what the dynamic loader would read of programs and libraries, without running any of them.

`ldd` runs the loader that a file names for itself: in a store that a container can write, that is the container's code.
Inside an image there is no library for ELF files, so that this reads the few fields itself: man 5 elf.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from glob import glob
from typing import Final

from sygaldry.host.files import read_if_there

_SHORTEST_HEAD: Final = 52
_MOST_HEADERS: Final = 1024
_MOST_ENTRIES: Final = 4096
_LARGEST_STRINGS: Final = 16 * 2**20
_DEEPEST_INCLUDE: Final = 4

_LOAD, _DYNAMIC = 1, 2  # p_type
_NEEDED, _STRTAB, _STRSZ, _RPATH, _RUNPATH = 1, 5, 10, 15, 29  # d_tag


@dataclass(frozen=True)
class Dynamic:
    """The dynamic section of an ELF file: what it needs, where it looks, and the machine that it is for."""

    needed: tuple[str, ...] = ()
    rpath: tuple[str, ...] = ()
    runpath: tuple[str, ...] = ()
    machine: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class _Segment:
    kind: int
    offset: int
    address: int
    size: int


def read_dynamic(path: str) -> Dynamic | None:
    """Return the dynamic section of a program or library; None for anything else and for what is damaged."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        return _parsed(descriptor) if stat.S_ISREG(os.fstat(descriptor).st_mode) else None
    except (OSError, ValueError, OverflowError, struct.error):
        return None
    finally:
        os.close(descriptor)


def system_folders(configuration: str = "/etc/ld.so.conf") -> tuple[str, ...]:
    """Return the folders of the system's libraries: what ld.so.conf names, then the loader's own."""
    named = dict.fromkeys(_configured(configuration, depth=0))
    usual = ("/lib64", "/usr/lib64", "/lib", "/usr/lib")
    return tuple(dict.fromkeys((*named, *usual)))


def _parsed(descriptor: int) -> Dynamic:
    head = os.pread(descriptor, 64, 0)
    if len(head) < _SHORTEST_HEAD or head[:4] != b"\x7fELF" or head[4] not in (1, 2) or head[5] not in (1, 2):
        raise ValueError("no ELF file")
    order, is_wide = "<" if head[5] == 1 else ">", head[4] == 2
    (machine,) = struct.unpack_from(f"{order}H", head, 18)
    segments = _segments(descriptor, head, order, is_wide=is_wide)
    own = next((each for each in segments if each.kind == _DYNAMIC), None)
    if own is None:
        return Dynamic(machine=(head[4], machine))
    entry = struct.Struct(f"{order}{'qQ' if is_wide else 'iI'}")
    data = os.pread(descriptor, min(own.size, _MOST_ENTRIES * entry.size), own.offset)
    entries = list(entry.iter_unpack(data[: len(data) - len(data) % entry.size]))
    values = dict(reversed(entries))
    offset = _offset(values.get(_STRTAB, 0), segments)
    strings = os.pread(descriptor, min(values.get(_STRSZ, 0), _LARGEST_STRINGS), offset)
    named = {
        tag: [_string(strings, value) for key, value in entries if key == tag] for tag in (_NEEDED, _RPATH, _RUNPATH)
    }
    rpath, runpath = (tuple(word for each in named[tag] for word in each.split(":")) for tag in (_RPATH, _RUNPATH))
    return Dynamic(tuple(named[_NEEDED]), rpath, runpath, (head[4], machine))


def _segments(descriptor: int, head: bytes, order: str, *, is_wide: bool) -> list[_Segment]:
    if is_wide:
        (start,) = struct.unpack_from(f"{order}Q", head, 32)
        size, count = struct.unpack_from(f"{order}HH", head, 54)
        layout = struct.Struct(f"{order}IIQQQQ")  # type flags offset vaddr paddr filesz
    else:
        (start,) = struct.unpack_from(f"{order}I", head, 28)
        size, count = struct.unpack_from(f"{order}HH", head, 42)
        layout = struct.Struct(f"{order}IIIII")  # type offset vaddr paddr filesz
    found = []
    for index in range(min(count, _MOST_HEADERS)):
        words = layout.unpack_from(os.pread(descriptor, layout.size, start + index * size))
        kind, offset, address, size_here = (words[each] for each in ((0, 2, 3, 5) if is_wide else (0, 1, 2, 4)))
        found.append(_Segment(kind, offset, address, size_here))
    return found


def _offset(address: int, segments: list[_Segment]) -> int:
    """Turn an address in memory into a place in the file."""
    for each in segments:
        if each.kind == _LOAD and each.address <= address < each.address + each.size:
            return each.offset + address - each.address
    raise ValueError("the table of names is in no segment")


def _string(strings: bytes, start: int) -> str:
    return strings[start : strings.index(b"\0", start)].decode("utf-8", "surrogateescape")


def _configured(path: str, depth: int) -> Iterator[str]:
    for line in (read_if_there(path) or "").splitlines():
        words = line.partition("#")[0].split()
        if words[:1] == ["include"] and depth < _DEEPEST_INCLUDE:
            for pattern in words[1:]:
                for each in sorted(glob(os.path.join(os.path.dirname(path), pattern))):
                    yield from _configured(each, depth + 1)
        elif words and words[0].startswith("/"):
            yield words[0]
