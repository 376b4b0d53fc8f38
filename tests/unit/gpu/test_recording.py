"""A snapshot can be kept, read again, and given to others."""

import pytest
from tests.unit.gpu.conftest import EXPECTED, recorded

from sygaldry.gpu.recording import Output, Recording, cleaned, format_recording, parse_recording
from sygaldry.gpu.unknown import CouldNotCheckError


def no_base(name: str) -> str:
    raise AssertionError(name)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_snapshot_written_and_read_again_is_the_same(name: str) -> None:
    recording = recorded(name)
    assert parse_recording(format_recording(recording), no_base) == recording


def test_any_bytes_of_a_machine_survive() -> None:
    ugly = "tab\t quote ' \" ''' back\\slash \x00\x1b[31m \x7f line\nend'"
    recording = Recording(files={ugly: ugly}, commands={"x": Output(3, ugly, ugly)}, messages=ugly, source="a test")
    assert parse_recording(format_recording(recording), no_base) == recording


def test_a_snapshot_on_another_tells_only_the_difference() -> None:
    base = 'schema = 1\nsource = "below"\n[files]\n"/a" = "1"\n"/b" = "2"\n'
    above = 'schema = 1\nbase = "../below"\ngone = ["/a*"]\n[files]\n"/c" = "3"\n'
    recording = parse_recording(above, lambda _: base)
    assert (dict(recording.files), recording.source) == ({"/b": "2", "/c": "3"}, "below")


@pytest.mark.parametrize("text", ["", "schema = 2", "schema = 1\nfiles = 3", "not toml", 'schema = 1\nfiles = ["x"]'])
def test_what_is_no_snapshot_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_recording(text, no_base)


def test_others_learn_neither_secrets_nor_names() -> None:
    uuid = "GPU-5a1b2c3d-1111-2222-3333-444455556666"
    recording = Recording(
        files={
            "/proc/driver/nvidia/gpus/0/information": f"GPU UUID: \t {uuid}\n",
            "/home/mary/x": "proxy https://mary:hunter2@proxy.example:8080 from gpu-box-7.lab",
        },
        commands={
            "docker-info": Output(0, "HF_TOKEN=hf_abcdef password: geheim 10.20.30.40/24"),
            "nvml": Output(0, f"{uuid} and {uuid}, Serial Number: 1650124014249"),
        },
    )
    text = format_recording(cleaned(recording, {"gpu-box-7": "host", "mary": "user"}))
    for secret in (uuid, "hunter2", "mary", "gpu-box-7", "hf_abcdef", "geheim", "10.20.30.40", "1650124014249"):
        assert secret not in text, secret
    assert text.count("GPU-00000001-0000-0000-0000-000000000000") == 3


def test_versions_and_addresses_of_devices_stay() -> None:
    kept = "driver 575.57.08 at 0000:01:00.0, cuda 12.9.1 of h100"
    assert cleaned(Recording(messages=kept), {}).messages == kept


def test_what_hid_an_answer_is_raised_where_it_is_wanted() -> None:
    recording = Recording(trouble={"dmesg": "no answer within 10 s"})
    with pytest.raises(CouldNotCheckError, match="no answer within 10 s"):
        recording.output("dmesg")
    assert recording.output("lspci") is None
