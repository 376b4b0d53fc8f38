"""Where a forward-compatibility library may be used: the note that NVIDIA puts into the library itself.

The ELF section `.note.cuda.fwd_compatibility` of libcuda.so.<version> in cuda-compat-12-9 holds JSON such as
{"format":1,"CUDA version":"12.9","driver":[535,550,…],"device":[1,2,7,…]}: host branches and, so it appears,
NVML brand numbers. NVIDIA's own container hook decides by this note since toolkit 1.19.
"""

import struct
from dataclasses import dataclass
from typing import Final

from sygaldry.gpu.compatibility import table
from sygaldry.gpu.versions import Version, parse_version
from sygaldry.model.json_text import parse_json

SECTION: Final = b".note.cuda.fwd_compatibility"
_HEADER: Final = struct.Struct("<16sHHIQQQIHHHHHH")
_SECTION_HEADER: Final = struct.Struct("<IIQQQQIIQQ")


@dataclass(frozen=True)
class CompatNote:
    """The CUDA that the library brings, and the driver branches and GPU brands it is for."""

    cuda: Version
    branches: frozenset[int]
    brands: frozenset[int]


# Read with readelf from cuda-compat-12-9 575.57.08, which nvidia/cuda:12.9.1 images carry.
CUDA_12_9: Final = CompatNote(
    (12, 9), frozenset({535, 550, 560, 565, 570, 575}), frozenset({1, 2, 7, 8, 9, 10, 11, 12, 13, 14})
)


def known_note(cuda: Version | None) -> CompatNote | None:
    """Return the note of the package that NVIDIA's image of a CUDA carries; None where the table has none."""
    branches = table().forward.get(cuda) if cuda else None
    return CompatNote(cuda, branches, table().forward_brands) if cuda and branches else None


def parse_note(library: bytes) -> CompatNote | None:
    """Read the note of a 64-bit ELF library; None if it has none. Raises ValueError if it is garbled."""
    if library[:4] != b"\x7fELF" or len(library) < _HEADER.size:
        raise ValueError("no ELF library")
    try:
        section = _section(library)
        return None if section is None else _read(section)
    except (struct.error, KeyError, TypeError, UnicodeDecodeError, IndexError) as error:
        raise ValueError(f"a garbled ELF library ({error})") from error


def _section(library: bytes) -> bytes | None:
    header = _HEADER.unpack_from(library)
    table, size, count, names = header[6], header[11], header[12], header[13]
    headers = [_SECTION_HEADER.unpack_from(library, table + number * size) for number in range(count)]
    strings = headers[names][4]
    for each in headers:
        if library[strings + each[0] :].split(b"\0", 1)[0] == SECTION:
            return library[each[4] : each[4] + each[5]]
    return None


def _read(section: bytes) -> CompatNote:
    name_bytes, text_bytes, _kind = struct.unpack_from("<III", section)
    start = 12 + (name_bytes + 3) // 4 * 4
    table = parse_json(section[start : start + text_bytes].rstrip(b"\0").decode())
    cuda = parse_version(str(table["CUDA version"]))
    if cuda is None:
        raise ValueError("the note names no CUDA version")
    return CompatNote(
        cuda,
        frozenset(int(each) for each in table["driver"]),
        frozenset(int(each) for each in table["device"]),
    )
