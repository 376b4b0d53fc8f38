"""`job explain` knows the texts of GPU failures and names the diagnosis to run."""

import re

import pytest

from sygaldry.diagnosis.gpu import FAMILY


@pytest.mark.parametrize(
    "line",
    [
        "RuntimeError: Error 802: system not yet initialized",
        "Failed to initialize NVML: Unknown Error",
        "nvidia-container-cli: ldcache error: process /sbin/ldconfig terminated with signal 9",
        "MPS client failed to connect to the MPS control daemon or the MPS server",
        "AssertionError: Torch not compiled with CUDA enabled",
    ],
)
def test_a_gpu_failure_leads_to_the_diagnosis(line: str) -> None:
    rules = [rule for rule in FAMILY.recognises if rule.literal in line.lower()]
    found = [rule for rule in rules if re.search(rule.pattern, line)]
    assert found
    assert "sygaldry gpu diagnose" in found[0].remedy
    assert found[0].says
