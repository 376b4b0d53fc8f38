"""What a person reads: verdict first, few findings, exact commands."""

import re
from dataclasses import replace

import pytest
from tests.unit.gpu.conftest import EXPECTED, facts_of, recorded

from sygaldry.gpu import checks
from sygaldry.gpu.diagnose import diagnose
from sygaldry.gpu.facts import read
from sygaldry.gpu.report_lines import anchor, diagnosis_lines, facts_lines, fixes, script


def told(name: str, *, verbose: bool = False) -> tuple[str, ...]:
    return diagnosis_lines(diagnose(facts_of(name), checks.every()), verbose=verbose)


def test_a_mismatch_is_told_with_both_versions_and_the_commands_and_nothing_else() -> None:
    assert told("driver-mismatch") == (
        "GPU: not usable: The driver's libraries and the loaded kernel module are of two versions",
        "1. drv.mismatch: The driver's libraries and the loaded kernel module are of two versions",
        "   seen: loaded module 570.86.15 (/proc/driver/nvidia/version), library 575.57.08 (libnvidia-ml.so.1)",
        "   fix:  sudo fuser -v /dev/nvidia*",
        "         (stop what it lists: GPU containers, nvidia-persistenced, dcgm, the display manager)",
        "         sudo modprobe -r nvidia_drm nvidia_modeset nvidia_uvm nvidia",
        "         sudo modprobe nvidia",
        "         sudo modprobe nvidia_uvm",
        "   needs root; reboot: maybe; more: container/NVIDIA_FIXES.md#drvmismatch",
    )


def test_a_machine_without_a_gpu_is_told_in_one_line() -> None:
    assert told("no-gpu") == (
        "GPU: no NVIDIA hardware (no NVIDIA GPU on the PCI bus, none in /dev, and this is not WSL)",
    )


def test_a_usable_machine_is_told_in_one_line() -> None:
    assert told("h100-575") == ("GPU: usable",)


def test_what_could_not_be_checked_is_told_even_when_nothing_was_found() -> None:
    first, second = told("dmesg-denied")
    assert first == "GPU: usable"
    assert "could not be checked" in second
    assert "sudo" in second


@pytest.mark.parametrize("name", EXPECTED)
def test_never_more_than_three_findings_are_shown_unless_asked(name: str) -> None:
    assert sum(bool(re.match(r"\d\. ", line)) for line in told(name)) <= 3
    assert told(name)[0].startswith("GPU: ")


def test_verbose_tells_what_follows_from_what() -> None:
    assert any(line.startswith("follows from drv.mismatch: cuda.803") for line in told("driver-mismatch", verbose=True))


@pytest.mark.parametrize("name", EXPECTED)
def test_the_script_of_fixes_is_one_line_a_step(name: str) -> None:
    lines = script(diagnose(facts_of(name), checks.every()))
    assert lines[0] == "#!/bin/bash"
    assert all("\n" not in line for line in lines)


def test_the_guide_has_a_section_for_every_check_and_no_other() -> None:
    text = fixes(checks.every())
    headings = re.findall(r"^## (\S+)$", text, re.MULTILINE)
    assert headings == sorted(check.id for check in checks.every())
    for check in checks.every():
        assert f"(#{anchor(check)})" in text


def test_a_fault_of_the_engine_alone_is_told_as_such() -> None:
    assert told("docker-without-toolkit")[0] == (
        "GPU: not usable in containers: Docker has no NVIDIA container toolkit"
    )


@pytest.mark.parametrize("name", EXPECTED)
def test_a_snapshot_is_told_probe_by_probe(name: str) -> None:
    lines = facts_lines(facts_of(name))
    assert lines[0] == "platform:"
    assert all(len(line) < 700 and "\n" not in line for line in lines)
    assert any(line.startswith("kernel log:") for line in lines)


def test_a_hostile_snapshot_neither_runs_a_command_nor_moves_the_cursor() -> None:
    recording = recorded("dkms-missing")
    hostile = "6.8; rm -rf ~\x1b[2J\n"
    facts = read(replace(recording, files={**recording.files, "/proc/sys/kernel/osrelease": hostile}))
    diagnosis = diagnose(facts, checks.every())
    assert any("linux-headers-'6.8; rm -rf ~" in line for line in script(diagnosis))
    assert all(char.isprintable() for line in (*script(diagnosis), *diagnosis_lines(diagnosis)) for char in line)
