"""A machine's GPUs in a few lines."""

from dataclasses import replace

import pytest
from tests.unit.gpu.conftest import EXPECTED, facts_of, recorded

from sygaldry.gpu.facts import read
from sygaldry.gpu.summary import summary_lines


def test_equal_gpus_are_counted_and_the_driver_is_named() -> None:
    assert summary_lines(facts_of("8xa100"))[:3] == (
        "system       Ubuntu 24.04.2 LTS, Linux 6.8.0-51-generic",
        "driver       NVIDIA 570.172.08 (proprietary, CUDA 12.8)",
        "GPUs         8 x NVIDIA A100-SXM4-80GB (sm_80, 80.0 GiB)",
    )


def test_engines_are_listed_with_their_way_to_a_gpu() -> None:
    lines = summary_lines(facts_of("busy"))
    assert "docker       28.5.2; GPUs through runtime nvidia and CDI" in lines
    assert any(line.startswith("CDI          3 devices in ") for line in lines)


@pytest.mark.parametrize("name", EXPECTED)
def test_every_recorded_machine_fits_a_screen(name: str) -> None:
    lines = summary_lines(facts_of(name))
    assert 3 <= len(lines) <= 14
    assert [line.split()[0] for line in lines[:3]] == ["system", "driver", "GPUs"]
    assert all(len(line) < 300 for line in lines)


def test_a_hostile_snapshot_does_not_move_the_cursor() -> None:
    recording = recorded("dkms-missing")
    files = {**recording.files, "/proc/sys/kernel/osrelease": "6.8\x1b[2J\n"}
    lines = summary_lines(read(replace(recording, files=files)))
    assert all(char.isprintable() for line in lines for char in line)
