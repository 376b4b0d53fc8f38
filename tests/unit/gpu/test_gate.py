"""The gate's verdicts on recorded machines, and the rules one by one."""

from dataclasses import replace

import pytest
from tests.unit.gpu.conftest import EXPECTED, facts_of

from sygaldry.gpu.architectures import parse_architectures
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.gate import Gate, Mode, gate
from sygaldry.gpu.image import ImageFacts
from sygaldry.gpu.unknown import Unknown

IMAGE = ImageFacts()
WITH_PTX = replace(IMAGE, architectures=parse_architectures("61,75,80,86,89,9.0+PTX"))


def judged(name: str, request: str = "auto", image: ImageFacts = IMAGE) -> Gate:
    return gate(facts_of(name), image, request)


@pytest.mark.parametrize("name", [name for name, expected in EXPECTED.items() if "gate" in expected])
def test_a_recorded_machine_gets_its_verdict(name: str) -> None:
    verdict = judged(name)
    assert verdict.mode == EXPECTED[name]["gate"], verdict.reason
    assert verdict.on == (verdict.mode in (Mode.NATIVE, Mode.FORWARD, Mode.MINOR))


def test_a_geforce_on_570_runs_by_minor_version_and_says_what_it_cannot() -> None:
    assert judged("rtx4090-570").line() == (
        "GPU: on (minor-version: driver 570.195.03 = CUDA 12.8 runs CUDA 12.9 machine code, but cannot compile its "
        "PTX; 1 x GeForce RTX 4090 sm_89)"
    )


def test_a_gpu_without_kernels_is_refused_with_what_to_change() -> None:
    verdict = judged("rtx5090-575")
    assert verdict.line() == (
        "GPU: off (no-kernels: no kernels for sm_120 in 61,75,80,86,89,90 (1 x GeForce RTX 5090 sm_120))"
    )
    assert verdict.advice.startswith("add 120 (RTX 50) to cuda_arch in pkg/zephyr/spack_src.yaml")


def test_a_data_centre_gpu_on_an_old_branch_uses_the_compatibility_library() -> None:
    assert "raised to 12.9" in judged("t4-550").reason
    without = replace(IMAGE, note=None)
    assert judged("t4-550", image=without).mode is Mode.MINOR


def test_a_geforce_never_uses_the_compatibility_library() -> None:
    listed = replace(IMAGE, note=replace(IMAGE.note, branches=frozenset({570}))) if IMAGE.note else IMAGE
    assert judged("rtx4090-570", image=listed).mode is Mode.MINOR


def test_of_two_gpus_the_one_with_kernels_is_used_alone() -> None:
    verdict = judged("mixed-4090-5090")
    assert (verdict.on, verdict.partial) == (True, True)
    assert [each.gpu.index for each in verdict.usable] == [0]
    assert "1 of 2 left out" in verdict.reason


def test_a_lost_gpu_is_left_out_and_the_others_are_used() -> None:
    verdict = judged("xid79-one-of-eight")
    assert [each.gpu.index for each in verdict.usable] == [0, 1, 2, 4, 5, 6, 7]


def test_ptx_helps_a_newer_gpu_only_where_the_driver_can_compile_it() -> None:
    assert judged("rtx5090-575", image=WITH_PTX).mode is Mode.NATIVE
    older = facts_of("rtx5090-575")
    assert gate(_with_driver(older, "570.86.15"), WITH_PTX, "auto").mode is Mode.NO_KERNELS


@pytest.mark.parametrize("name", ["a10g-515", "rtx5090-575", "driver-mismatch", "mig-empty"])
def test_true_insists_and_says_so(name: str) -> None:
    verdict = judged(name, "true")
    assert (verdict.on, verdict.forced) == (True, True)
    assert "forced by SYGALDRY_GPU=true" in verdict.line()


def test_true_cannot_conjure_a_gpu() -> None:
    assert judged("no-gpu", "true").on is False


def test_false_asks_nothing() -> None:
    assert judged("h100-575", "false").line() == "GPU: off (disabled: SYGALDRY_GPU=false)"


def test_unknown_is_off_and_says_why() -> None:
    blind = replace(facts_of("h100-575"), nvml=Unknown("the child said nothing"))
    verdict = gate(blind, IMAGE, "auto")
    assert (verdict.mode, verdict.on) == (Mode.UNKNOWN, False)
    assert "the child said nothing" in verdict.reason


def test_a_bus_that_could_not_be_read_is_not_taken_for_an_empty_one() -> None:
    blind = replace(facts_of("no-gpu"), pci=Unknown("no answer within 5 s"))
    assert gate(blind, IMAGE, "auto").mode is Mode.UNKNOWN


def test_525_60_13_is_the_oldest_driver_that_runs_cuda_12() -> None:
    facts = facts_of("rtx3090-525")
    assert gate(_with_driver(facts, "525.60.13"), IMAGE, "auto").mode is Mode.MINOR
    assert gate(_with_driver(facts, "525.53"), IMAGE, "auto").mode is Mode.TOO_OLD


def test_the_verdict_is_kept_as_data_without_anything_that_tells_the_machine() -> None:
    data = judged("rtx4090-570").data()
    assert (data["mode"], data["on"], data["driver"], data["cuda"]) == ("minor-version", True, "570.195.03", "12.8")
    assert "GPU-0" not in str(data)


def _with_driver(facts: Facts, driver: str) -> Facts:
    assert not isinstance(facts.kernel, Unknown)
    assert not isinstance(facts.nvml, Unknown)
    return replace(facts, kernel=replace(facts.kernel, loaded=driver), nvml=replace(facts.nvml, driver=driver))
