"""The table of drivers and CUDA: its age, its order, and what the gate makes of CUDA 13."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.unit.gpu.conftest import facts_of

from sygaldry.gpu.advice import driver_advice, recommended_branch
from sygaldry.gpu.architectures import parse_architectures
from sygaldry.gpu.compatibility import table
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.gate import Gate, Mode, gate
from sygaldry.gpu.image import image_facts
from sygaldry.gpu.unknown import Unknown
from sygaldry.gpu.versions import branch


def judged(driver: str, brand: int, capability: tuple[int, int], cuda: str, architectures: str) -> Gate:
    image = image_facts(f"cuda_arch={architectures}", f"nvidia/cuda:{cuda}-devel-ubuntu24.04")
    return gate(_machine(driver, brand, capability), image, "auto")


def _machine(driver: str, brand: int, capability: tuple[int, int], nvml_cuda: tuple[int, int] | None = None) -> Facts:
    facts = facts_of("h100-575")
    assert not isinstance(facts.kernel, Unknown)
    assert not isinstance(facts.nvml, Unknown)
    gpu = facts.nvml.gpus[0]
    gpus = (replace(gpu, brand=brand, capability=capability),)
    nvml = replace(facts.nvml, driver=driver, gpus=gpus, cuda=nvml_cuda)
    return replace(facts, kernel=replace(facts.kernel, loaded=driver), nvml=nvml)


def test_the_table_is_not_out_of_date() -> None:
    today = datetime.now(tz=UTC).date()
    assert not table().expired(today), "refresh it: docs/how-to/refresh-gpu-tables.md"
    assert table().expired(table().dated + timedelta(days=table().valid_days + 1))


def test_newer_branches_bring_newer_cuda_and_the_sources_are_named() -> None:
    brought = [table().branches[each] for each in sorted(table().branches)]
    assert brought == sorted(brought)
    for cuda, branches in table().forward.items():
        own = table().oldest_branch_with(cuda)
        assert own is not None
        assert max(branches) <= own


CUDA_13 = [
    ("580.95.05", 14, (9, 0), "13.0.1", "80,90", Mode.NATIVE),
    ("570.172.08", 14, (9, 0), "13.0.1", "80,90", Mode.FORWARD),
    ("535.183.01", 2, (7, 5), "13.0.1", "75,80", Mode.FORWARD),
    ("560.35.03", 14, (9, 0), "13.0.1", "80,90", Mode.TOO_OLD),  # not in the list of cuda-compat-13-0
    ("575.57.08", 5, (8, 9), "13.0.1", "89", Mode.TOO_OLD),  # GeForce, another major
    ("580.95.05", 5, (12, 0), "13.1.1", "120", Mode.MINOR),
    ("580.95.05", 14, (9, 0), "13.1.1", "90", Mode.FORWARD),
    ("590.48.01", 14, (9, 0), "13.2.0", "90", Mode.FORWARD),
    ("595.71.05", 5, (8, 6), "13.3.0", "86", Mode.MINOR),
    ("610.57.04", 5, (8, 6), "13.3.0", "86", Mode.NATIVE),
    ("580.95.05", 2, (7, 0), "13.0.1", "70,75,80", Mode.NO_KERNELS),  # CUDA 13 compiles nothing below 7.5
    ("580.95.05", 2, (7, 0), "12.9.1", "70,75,80", Mode.NATIVE),
    ("580.65.06", 5, (8, 9), "13.0.1", "89", Mode.NATIVE),
    ("580.95.05", 14, (12, 1), "13.0.1", "120", Mode.NATIVE),
    ("580.95.05", 14, (10, 3), "13.0.1", "100", Mode.NATIVE),
    ("580.95.05", 14, (10, 3), "13.0.1", "100a", Mode.NO_KERNELS),
    ("580.95.05", 14, (10, 3), "13.0.1", "100f", Mode.NATIVE),  # code for the family
    ("610.57.04", 14, (10, 7), "13.4.1", "100", Mode.MINOR),
    ("580.95.05", 14, (9, 0), "13.0.1", "90a", Mode.NATIVE),
    ("580.95.05", 14, (11, 0), "13.0.1", "90,100,120", Mode.NO_KERNELS),
]


@pytest.mark.parametrize("row", CUDA_13, ids=lambda row: "-".join(str(each).replace(" ", "") for each in row))
def test_a_driver_a_brand_and_an_architecture_get_their_verdict(
    row: tuple[str, int, tuple[int, int], str, str, Mode],
) -> None:
    driver, brand, capability, cuda, architectures, mode = row
    verdict = judged(driver, brand, capability, cuda, architectures)
    assert verdict.mode is mode, verdict.reason


def test_above_the_end_of_the_table_nvmls_own_answer_wins() -> None:
    image = image_facts("cuda_arch=90", "nvidia/cuda:14.2.0-devel-ubuntu26.04")
    beyond = f"{table().last_branch + 90}.10.01"
    assert gate(_machine(beyond, 14, (9, 0), (14, 2)), image, "auto").mode is Mode.NATIVE
    assert gate(_machine(beyond, 14, (9, 0), (14, 1)), image, "auto").mode is not Mode.NATIVE


def test_within_the_table_a_compatibility_library_does_not_deceive_the_gate() -> None:
    image = image_facts("cuda_arch=90", "nvidia/cuda:13.0.1-devel-ubuntu24.04")
    assert gate(_machine("575.57.08", 5, (9, 0), (13, 0)), image, "auto").mode is Mode.TOO_OLD


@pytest.mark.parametrize(
    ("cuda", "advice"),
    [
        (
            (12, 9),
            (
                "install driver 575 or newer (CUDA 12.9), 580 being the long-term branch; 525.60.13 is the oldest that "
                "runs CUDA 12"
            ),
        ),
        ((13, 0), "install driver 580 or newer (CUDA 13.0); 580.65.06 is the oldest that runs CUDA 13"),
        ((13, 2), "install driver 595 or newer (CUDA 13.2); 580.65.06 is the oldest that runs CUDA 13"),
    ],
)
def test_advice_is_computed_from_the_table(cuda: tuple[int, int], advice: str) -> None:
    assert driver_advice(cuda) == advice


def test_a_gpu_that_newer_branches_dropped_is_sent_to_the_last_one_that_knows_it() -> None:
    assert recommended_branch((13, 2), (7, 0)) < 590
    assert branch("580.95.05") == recommended_branch((12, 9), (6, 1))


@pytest.mark.parametrize("code", [3, 802, 805, 999, 4242])
def test_the_gate_asks_cuda_and_believes_no_machine_on_which_it_does_not_start(code: int) -> None:
    facts = facts_of("h100-575")
    assert not isinstance(facts.cuda, Unknown)
    verdict = gate(replace(facts, cuda=replace(facts.cuda, code=code)), image_facts(), "auto")
    assert (verdict.mode, verdict.on) == (Mode.UNKNOWN, False)
    assert f"cuInit answers {code}" in verdict.reason


def test_the_callers_own_choice_of_gpus_and_libraries_is_no_obstacle() -> None:
    facts = facts_of("h100-575")
    assert not isinstance(facts.cuda, Unknown)
    hidden = replace(facts, cuda=replace(facts.cuda, code=100), environment={"CUDA_VISIBLE_DEVICES": ""})
    assert gate(hidden, image_facts(), "auto").mode is Mode.NATIVE
    compat = replace(facts.cuda, code=804, loaded="/usr/local/cuda/compat/libcuda.so.1")
    assert gate(replace(facts, cuda=compat), image_facts(), "auto").mode is Mode.NATIVE


def test_an_architecture_of_a_family_runs_on_the_family() -> None:
    assert parse_architectures("100f").runs_natively((10, 3))
    assert not parse_architectures("100a").runs_natively((10, 3))
