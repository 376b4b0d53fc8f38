"""The guide of GPU fixes is what the catalogue says, and the shims lead where they promise."""

import json
import subprocess
from collections.abc import Callable

import pytest
from tests.integration.conftest import CHECKOUT, World

from sygaldry.gpu import checks
from sygaldry.gpu.report_lines import fixes

FIXTURES = CHECKOUT / "tests" / "data" / "gpu"


def test_the_guide_of_fixes_is_up_to_date() -> None:
    text = (CHECKOUT / "container" / "NVIDIA_FIXES.md").read_text()
    assert text == fixes(checks.every()), "write it anew: tools/sygaldry gpu fixes --write"


def test_inspect_prints_a_snapshot_and_needs_nothing(new_world: Callable[..., World]) -> None:
    done = new_world().run("--json", "--raw", program=CHECKOUT / "container" / "inspect_nvidia_setup.sh")
    assert done.returncode == 0, done.stderr
    assert {"facts", "raw"} <= json.loads(done.stdout)["data"].keys()


def test_diagnose_tells_a_recorded_mismatch_and_nothing_else(new_world: Callable[..., World]) -> None:
    program = CHECKOUT / "container" / "diagnose_nvidia.sh"
    done = new_world().run("--from", str(FIXTURES / "driver-mismatch"), program=program)
    assert done.returncode == 2
    assert "570.86.15" in done.stdout
    assert "575.57.08" in done.stdout
    assert "2. " not in done.stdout


@pytest.mark.parametrize("words", [("--bogus",), ("--from", "/nowhere"), ("--fix", "--apply")])
def test_diagnose_used_wrongly_is_64_because_2_is_a_verdict(
    new_world: Callable[..., World], words: tuple[str, ...]
) -> None:
    done = new_world().sygaldry("gpu", "diagnose", *words)
    assert done.returncode == 64, done.stderr


@pytest.mark.parametrize(
    ("fixture", "mode", "code"),
    [("rtx4090-570", "minor-version", 0), ("rtx5090-575", "no-kernels", 2), ("t4-550", "forward-compatible", 0)],
)
def test_the_gate_judges_a_recorded_machine(
    new_world: Callable[..., World], fixture: str, mode: str, code: int
) -> None:
    done = new_world().sygaldry("gpu", "gate", "--from", str(FIXTURES / fixture), "--json")
    assert (json.loads(done.stdout)["data"]["mode"], done.returncode) == (mode, code)


def test_require_is_never_green_without_a_gpu(new_world: Callable[..., World]) -> None:
    world = new_world(SYGALDRY_GPU="require")
    facts = world.sygaldry("gpu", "diagnose")
    if facts.returncode != 3:
        pytest.skip("this machine has a GPU")
    assert world.run("--", "true").returncode == 125
    assert world.sygaldry("gpu", "validate", "--python", "/bin/false").returncode == 3


def test_every_fix_is_shell_that_bash_can_read() -> None:
    for check in checks.every():
        for step in check.steps:
            if not step.by_hand:
                done = subprocess.run(["bash", "-n", "-c", step.command], capture_output=True, text=True, check=False)
                assert (done.returncode, done.stderr) == (0, ""), f"{check.id}: {step.command}"
