"""Versions, architectures and the note of a compatibility library."""

import json
import struct

import pytest

from sygaldry.gpu.architectures import parse_architectures
from sygaldry.gpu.compat_note import CUDA_12_9, known_note, parse_note
from sygaldry.gpu.image import image_facts
from sygaldry.gpu.probes import kernel, packages, smi
from sygaldry.gpu.recording import Output, Recording
from sygaldry.gpu.versions import branch, cuda_of_driver, format_version, parse_version, same_driver


@pytest.mark.parametrize(
    ("driver", "cuda"),
    [
        ("515.105.01", "11.7"),
        ("525.147.05", "12.0"),
        ("570.86.15", "12.8"),
        ("575.57.08", "12.9"),
        ("610.57.04", "13.3"),
    ],
)
def test_a_branch_has_its_cuda(driver: str, cuda: str) -> None:
    version = cuda_of_driver(driver)
    assert version is not None
    assert format_version(version) == cuda


def test_a_branch_between_two_known_ones_has_the_cuda_of_the_older() -> None:
    assert cuda_of_driver("587.10") == (13, 0)


def test_a_driver_older_than_the_table_has_no_known_cuda() -> None:
    assert cuda_of_driver("440.33") is None


def test_a_text_without_a_version_has_none() -> None:
    assert (parse_version("Deprecated, see KMD version"), branch("")) == (None, None)


def test_a_short_version_is_the_same_driver_as_its_long_form() -> None:
    assert same_driver("580.95", "580.95.05")
    assert same_driver("575.57.08", "575.57.08-0ubuntu1")
    assert not same_driver("570.86.15", "575.57.08")
    assert not same_driver("", "575.57.08")


@pytest.mark.parametrize(
    ("gpu", "runs"),
    [
        ((6, 1), True),
        ((6, 0), False),
        ((7, 0), False),
        ((7, 5), True),
        ((8, 7), True),
        ((9, 0), True),
        ((10, 0), False),
    ],
)
def test_machine_code_runs_on_its_own_major_version_from_its_minor_upwards(gpu: tuple[int, int], runs: bool) -> None:
    assert parse_architectures("61,75,80,86,89,90").runs_natively(gpu) is runs


def test_architectures_are_read_in_each_tools_spelling() -> None:
    assert parse_architectures("8.0 9.0+PTX").text() == "80,90,90+PTX"
    assert parse_architectures("sm_75 sm_90a compute_120").text() == "75,90a,120+PTX"


def test_code_for_one_chip_alone_runs_on_no_other() -> None:
    assert not parse_architectures("sm_120a").runs_natively((12, 1))


@pytest.mark.parametrize("text", ["", "ninety", "80,", "9.0+PTX+more"])
def test_what_is_no_architecture_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="is not a CUDA architecture"):
        parse_architectures(text)


def test_the_manifest_and_the_base_tell_what_the_image_brings() -> None:
    manifest = "spack:\n  specs:\n  - py-torch@2.9+cuda cuda_arch=80,90,120\n"
    facts = image_facts(manifest, "nvidia/cuda:12.8.1-cudnn-devel-ubuntu24.04")
    assert (facts.cuda, facts.architectures.text(), facts.note) == ((12, 8), "80,90,120", known_note((12, 8)))
    assert image_facts().architectures.text() == "61,75,80,86,89,90"


def test_only_nvidias_own_base_carries_a_compatibility_library() -> None:
    assert image_facts("", "nvidia/cuda:12.9.1-cudnn-devel-ubuntu24.04").note == CUDA_12_9
    assert image_facts("", "ubuntu:24.04").note is None


def test_an_architecture_that_is_none_is_an_error() -> None:
    with pytest.raises(ValueError, match="'9' is not a CUDA architecture"):
        image_facts("py-torch+cuda cuda_arch=9")


def test_the_note_of_a_library_is_read_from_its_own_section() -> None:
    text = json.dumps({"format": 1, "CUDA version": "12.9", "driver": [535, 550], "device": [1, 14]})
    note = parse_note(_library(b".note.cuda.fwd_compatibility", text.encode()))
    assert note is not None
    assert (note.cuda, sorted(note.branches), sorted(note.brands)) == ((12, 9), [535, 550], [1, 14])


def test_a_library_without_a_note_has_none() -> None:
    assert parse_note(_library(b".note.gnu.build-id", b"{}")) is None


def test_a_geforce_is_not_in_the_note_of_12_9() -> None:
    assert not CUDA_12_9.brands & {5, 6}


@pytest.mark.parametrize("library", [b"", b"\x7fELF", b"\x7fELF" + bytes(60), b"MZ" + bytes(200)])
def test_a_garbled_library_is_an_error_and_never_a_note(library: bytes) -> None:
    with pytest.raises(ValueError, match="ELF"):
        parse_note(library)


def _library(section: bytes, text: bytes) -> bytes:
    """Make the smallest 64-bit ELF file with one note."""
    note = struct.pack("<III", 7, len(text) + 1, 1) + b"NVIDIA\0\0" + text + b"\0"
    names = b"\0" + section + b"\0.shstrtab\0"
    note_at, names_at = 64, 64 + len(note)
    table_at = names_at + len(names)

    def header(name: int, offset: int, size: int) -> bytes:
        return struct.pack("<IIQQQQIIQQ", name, 7, 0, 0, offset, size, 0, 0, 4, 0)

    table = header(0, 0, 0) + header(1, note_at, len(note)) + header(len(section) + 2, names_at, len(names))
    elf = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 3, 62, 1, 0, 0, table_at, 0, 64, 0, 0, 64, 3, 2)
    return elf + note + names + table


@pytest.mark.parametrize(
    ("line", "build"),
    [
        ("nvidia/575.57.08, 6.8.0-51-generic, x86_64: installed", ("575.57.08", "6.8.0-51-generic", "installed")),
        ("nvidia-srv/570.86.15: added", ("570.86.15", "", "added")),
        ("nvidia, 535.183.01, 5.15.0-119-generic, x86_64: built", ("535.183.01", "5.15.0-119-generic", "built")),
    ],
)
def test_dkms_is_read_in_the_spellings_of_its_releases(line: str, build: tuple[str, str, str]) -> None:
    recording = Recording(commands={"dkms": Output(0, f"{line}\nzfs/2.2.2, 6.8.0-51-generic, x86_64: installed\n")})
    (found,) = packages.parse(recording).dkms or ()
    assert (found.version, found.kernel, found.state) == build


@pytest.mark.parametrize(
    ("banner", "driver", "cuda"),
    [
        (
            "| NVIDIA-SMI 575.57.08              Driver Version: 575.57.08      CUDA Version: 12.9     |",
            "575.57.08",
            (12, 9),
        ),
        ("| NVIDIA-SMI 610.57.04      KMD Version: 610.57.04     CUDA UMD Version: 13.3     |", "610.57.04", (13, 3)),
        ("| NVIDIA-SMI 535.183.01  Driver Version: 535.183.01   CUDA Version: N/A      |", "535.183.01", None),
    ],
)
def test_the_banner_of_nvidia_smi_is_read_before_and_after_610(
    banner: str, driver: str, cuda: tuple[int, int] | None
) -> None:
    found = smi.parse(Recording(commands={"nvidia-smi": Output(0, f"{banner}\n")}))
    assert found is not None
    assert (found.driver, found.cuda) == (driver, cuda)


@pytest.mark.parametrize(
    ("text", "version", "flavour"),
    [
        ("NVRM version: NVIDIA UNIX x86_64 Kernel Module  525.147.05  Wed Oct 25\n", "525.147.05", "proprietary"),
        ("NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  610.57.04  Release Build\n", "610.57.04", "open"),
        ("NVRM version: NVIDIA UNIX Open Kernel Module for aarch64  580.95.05  Release Build\n", "580.95.05", "open"),
    ],
)
def test_the_loaded_module_tells_its_version_and_flavour(text: str, version: str, flavour: str) -> None:
    found = kernel.parse(Recording(files={"/proc/driver/nvidia/version": text}))
    assert (found.loaded, found.flavour) == (version, flavour)
