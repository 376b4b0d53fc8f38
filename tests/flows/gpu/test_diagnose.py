"""The diagnosis flow: snapshots, logs, the script, and what is never done for you."""

from pathlib import Path

import pytest
from tests.unit.gpu.conftest import FIXTURES

from sygaldry.flows.gpu.diagnose import Request, gpu_diagnose, may_apply
from sygaldry.gpu import checks
from sygaldry.gpu.checks import Step, by_hand, root, user
from sygaldry.model.errors import NotFoundError, UsageError


def saved(name: str) -> str:
    return str(FIXTURES / name)


def nobody() -> int:
    return 0


def test_a_snapshot_is_diagnosed_by_the_same_code() -> None:
    report = gpu_diagnose(Request(saved("driver-mismatch")))
    assert report.exit_code == 2
    assert report.data["roots"] == ["drv.mismatch"]


def test_a_log_of_a_failed_program_is_evidence_too(tmp_path: Path) -> None:
    log = tmp_path / "train.log"
    log.write_text("step 1\nRuntimeError: CUDA error: no kernel image is available for execution on the device\n")
    report = gpu_diagnose(Request(saved("h100-575"), logs=(str(log),)))
    assert report.data["roots"] == ["cuda.nokernel"]
    assert report.exit_code == 2


def test_the_fixes_as_a_script_run_nothing() -> None:
    report = gpu_diagnose(Request(saved("uvm-missing"), fix=True))
    assert "sudo modprobe nvidia_uvm" in report.lines
    assert report.lines[0] == "#!/bin/bash"


@pytest.mark.parametrize("path", ["/nowhere/at/all", "/dev/null"])
def test_what_is_no_snapshot_is_an_error_with_the_way_to_make_one(path: str) -> None:
    with pytest.raises((NotFoundError, UsageError)) as caught:
        gpu_diagnose(Request(path))
    assert "gpu inspect --save" in caught.value.hint


def test_a_snapshot_of_another_machine_is_never_mended_here() -> None:
    with pytest.raises(UsageError, match="a snapshot is of another"):
        gpu_diagnose(Request(saved("uvm-missing"), apply=True), ask=lambda _: True)


@pytest.mark.parametrize(
    ("step", "containers", "refused"),
    [
        (user("true"), 0, ""),
        (root("modprobe nvidia_uvm"), 5, ""),
        (by_hand("reboot"), 0, "by hand"),
        (root("apt-get purge nvidia-driver-570"), 0, "never removed"),
        (root("apt-get remove nvidia-driver-570"), 0, "never removed"),
        (root("nvidia-smi --gpu-reset -i INDEX"), 0, "capitals"),
        (user("export CUDA_VISIBLE_DEVICES=0"), 0, "your own shell"),
        (root("systemctl restart docker"), 2, "2 containers are running"),
        (root("systemctl restart docker"), 0, ""),
    ],
)
def test_what_may_be_applied(step: Step, containers: int, refused: str) -> None:
    answer = may_apply(step, lambda: containers)
    assert bool(answer) == bool(refused)
    assert refused in answer


def test_no_step_of_the_catalogue_removes_a_driver_or_leaves_a_word_to_replace() -> None:
    for check in checks.every():
        for step in check.steps:
            if not may_apply(step, nobody):
                assert "INDEX" not in step.text
                assert "UUID" not in step.text, step.text
