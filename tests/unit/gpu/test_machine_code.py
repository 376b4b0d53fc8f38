"""The architectures that are in a library, read from files made here; a real one is in the integration tests."""

import struct
from pathlib import Path

import pytest

from sygaldry.gpu.architectures import parse_architectures
from sygaldry.gpu.validation.machine_code import compiled_for

CODE, PTX = 2, 1


def fat_binary(*entries: tuple[int, int]) -> bytes:
    """Write a fat binary of entries of four bytes each: their kind and their architecture."""
    body = b"".join(
        struct.pack("<HHIQIIHHI", kind, 0x101, 64, 8, 0, 0, 0, 1, architecture) + bytes(32) + b"code" * 2
        for kind, architecture in entries
    )
    return struct.pack("<IHHQ", 0xBA55ED50, 1, 16, len(body)) + body


def library(path: Path, *sections: tuple[bytes, bytes]) -> Path:
    """Write an ELF file of 64 bits with these sections and the table of their names."""
    names = b"\0" + b"\0".join(name for name, _ in sections) + b"\0.shstrtab\0"
    parts = [(b"", b""), *sections, (b".shstrtab", names)]
    data, headers = bytearray(64), b""
    for name, text in parts:
        data += bytes(-len(data) % 8)
        headers += struct.pack("<IIQQQQIIQQ", names.index(name), 1, 0, 0, len(data), len(text), 0, 0, 8, 0)
        data += text
    header = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 0, len(data), 0, 64, 0, 0,
                                                          64, len(parts), len(parts) - 1)  # fmt: skip
    data[:64] = header
    path.write_bytes(bytes(data) + headers)
    return path


def test_code_and_ptx_of_most_fat_binaries_count_and_a_kernel_for_one_chip_does_not(tmp_path: Path) -> None:
    most = fat_binary((CODE, 75), (CODE, 90), (PTX, 120))
    made = library(tmp_path / "lib.so", (b".nv_fatbin", most + most + bytes(8) + fat_binary((CODE, 61))))
    assert compiled_for([made]) == parse_architectures("sm_75 sm_90 compute_120")


def test_only_the_sections_of_nvcc_are_read(tmp_path: Path) -> None:
    made = library(tmp_path / "lib.so", (b".rodata", fat_binary((CODE, 61))), (b".nv_fatbin", fat_binary((CODE, 80))))
    assert compiled_for([made]).text() == "80"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x7fELF" + bytes(100),
        b"\x7fELF\x02\x01" + b"\xff" * 200,
        b"!<arch>\n" * 20,
    ],
)
def test_what_is_no_library_has_no_code(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "lib.so"
    path.write_bytes(content)
    assert compiled_for([path]).text() == ""


@pytest.mark.parametrize("cut", [10, 40, 90])
def test_a_fat_binary_that_is_cut_short_has_no_code(tmp_path: Path, cut: int) -> None:
    made = library(tmp_path / "lib.so", (b".nv_fatbin", fat_binary((CODE, 75), (CODE, 90))[:cut]))
    assert compiled_for([made]).text() == ""


def test_sizes_that_lead_out_of_the_file_are_not_followed(tmp_path: Path) -> None:
    wild = struct.pack("<IHHQ", 0xBA55ED50, 1, 16, 2**63) + bytes(64)
    made = library(tmp_path / "lib.so", (b".nv_fatbin", wild + fat_binary((CODE, 80))))
    assert compiled_for([made]).text() == "80"
