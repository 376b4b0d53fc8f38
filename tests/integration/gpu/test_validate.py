"""The validation with the real frameworks, CPU builds: its numbers, and that it can fail."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.unit.gpu.conftest import facts_of

from sygaldry.flows.gpu.validate import gpu_validate
from sygaldry.flows.gpu.validation_child import Request
from sygaldry.gpu.facts import Facts, read
from sygaldry.gpu.validation.outcome import Exit

_CANDIDATES = (os.environ.get("SYGALDRY_TEST_FRAMEWORKS", ""), sys.executable)


def _python() -> str:
    """Find a Python that has Torch and JAX; the variable SYGALDRY_TEST_FRAMEWORKS names one."""
    for path in _CANDIDATES:
        look = "import importlib.util as u; raise SystemExit(not all(map(u.find_spec, ('torch', 'jax', 'numpy'))))"
        if path and Path(path).exists() and subprocess.run([path, "-c", look], check=False).returncode == 0:
            return path
    return ""


PYTHON = _python()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PYTHON, reason="no Python with torch and jax: name one in SYGALDRY_TEST_FRAMEWORKS"),
]
WISH = Request(level=0, python=PYTHON, expect="cpu")


def nothing_here() -> Facts:
    return facts_of("no-gpu")


def states(data: Any) -> dict[str, str]:
    return {f"{each['id']}/{each['device']}": each["state"] for each in data["checks"]}


def test_level_0_computes_on_the_cpu_and_skips_what_needs_a_gpu(tmp_path: Path) -> None:
    report = gpu_validate(replace(WISH, junit=str(tmp_path / "out.xml")), facts=nothing_here)
    found = states(report.data)
    assert report.exit_code == Exit.PASSED, report.lines
    for name in (
        "torch.matmul-fp32",
        "torch.attention-bf16",
        "torch.gradients-fp32",
        "jax.matmul-fp32",
        "exchange.dlpack",
    ):
        assert found[f"{name}/cpu"] == "pass"
    assert found["torch.gpu/cuda"] == found["jax.gpu/cuda"] == "skip"
    assert 'skipped="' in (tmp_path / "out.xml").read_text()
    assert json.dumps(report.data)


def test_a_wrong_reference_is_seen() -> None:
    report = gpu_validate(replace(WISH, self_test=True), facts=nothing_here)
    found = states(report.data)
    assert report.exit_code == Exit.WRONG
    assert found["torch.matmul-fp64/cpu"] == found["jax.scan-fp32/cpu"] == found["exchange.dlpack/cpu"] == "fail"


def test_frameworks_for_the_cpu_beside_a_gpu_are_never_green() -> None:
    report = gpu_validate(replace(WISH, level=1), facts=lambda: facts_of("h100-575"))
    found = states(report.data)
    assert report.exit_code == Exit.GPU_UNUSABLE, report.lines
    assert found["torch.gpu/cuda:0"] == found["jax.gpu/cuda:0"] == "fail"


def test_a_python_without_frameworks_is_not_judged_and_says_how_to_choose_another(tmp_path: Path) -> None:
    bare = tmp_path / "python3"
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    bare.chmod(0o755)
    report = gpu_validate(Request(level=0, python=str(bare)), facts=read_nothing)
    assert report.exit_code == Exit.NOT_JUDGED
    assert any("--python" in line for line in report.lines)


def read_nothing() -> Facts:
    from sygaldry.gpu.recording import Recording

    return read(Recording())
