"""Every field of a snapshot has a reader: a recorded value that no check reads would count as health."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from tests.unit.gpu.conftest import EXPECTED, facts_of

from sygaldry.gpu import checks
from sygaldry.gpu.diagnose import diagnose
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.gate import gate
from sygaldry.gpu.gpus import Gpu
from sygaldry.gpu.image import ImageFacts
from sygaldry.gpu.passthrough import grant
from sygaldry.gpu.probes import (
    cdi,
    cri,
    cuda,
    dev_char,
    device_rules,
    docker,
    host_libraries,
    kernel,
    kernel_log,
    libraries,
    nodes,
    nvml,
    packages,
    pci,
    platform,
    proc_gpus,
    sandbox,
    services,
    smi,
)

VALUES: tuple[type[Any], ...] = (
    Facts, Gpu, cdi.CdiSpec, cri.Cri, cuda.Cuda, dev_char.DevChar, device_rules.DeviceRules, docker.Docker,
    host_libraries.HostLibraries, kernel.Kernel, kernel_log.KernelLog, kernel_log.Xid, sandbox.Sandbox,
    libraries.Libraries, nodes.Node, nvml.Nvml, packages.Packages, packages.Dkms, pci.PciDevice, platform.Platform,
    proc_gpus.ProcGpu, services.Services, smi.Smi,
)  # fmt: skip

# Fields that only describe, with the reason why no verdict depends on them.
DESCRIPTIVE = {
    ("Gpu", "address"): "names a GPU",
    ("Xid", "line"): "the place of an event in the log",
    ("Node", "kind"): "whether it is a device is what opening it says",
    ("ProcGpu", "model"): "names a GPU",
    ("ProcGpu", "minor"): "names a node",
    ("CdiSpec", "host_paths"): "`driver` and `missing` are made from them",
    ("Smi", "cuda"): "a text; the driver's branch decides",
    ("Smi", "code"): "a failure is in its text",
    ("Packages", "reboot_required"): "a reboot may wait for another package",
    ("Cuda", "version"): "of the library that was loaded; the driver's branch decides",
    ("Libraries", "cuda_version"): "of a file that a compatibility library may shadow",
}


def _recorded_reads(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str]]:
    """Run all judges over all fixtures and note which fields they read."""
    seen: set[tuple[str, str]] = set()

    def watch(value: type[Any]) -> None:
        plain: Any = value.__getattribute__
        names = {field.name for field in dataclasses.fields(value)}

        def get(self: object, name: str) -> Any:
            if name in names:
                seen.add((value.__name__, name))
            return plain(self, name)

        monkeypatch.setattr(value, "__getattribute__", get)

    machines = [facts_of(name) for name in EXPECTED]
    for value in VALUES:
        watch(value)
    for facts in machines:
        diagnose(facts, checks.every())
        verdict = gate(facts, ImageFacts(), "true")
        for runtime in ("docker", "podman", "sandbox"):
            grant(verdict, facts, runtime)
    return seen


def _fields() -> Iterator[tuple[str, str]]:
    for value in VALUES:
        for field in dataclasses.fields(value):
            yield value.__name__, field.name


def test_every_field_of_a_snapshot_is_read_by_a_judge_or_says_why_not(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = _recorded_reads(monkeypatch)
    unread = [each for each in _fields() if each not in seen and each not in DESCRIPTIVE]
    assert not unread, f"no judge reads {unread}"


def test_no_excuse_is_out_of_date(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = _recorded_reads(monkeypatch)
    assert [each for each in DESCRIPTIVE if each not in set(_fields()) or each in seen] == []
