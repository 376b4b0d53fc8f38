"""What outcomes come to: a skip is no pass, and nothing covers a missing GPU."""

import xml.etree.ElementTree as ET

import pytest

from sygaldry.gpu.validation.bands import BANDS
from sygaldry.gpu.validation.junit import junit
from sygaldry.gpu.validation.outcome import Exit, Outcome, State, exit_code, outcome_from

PASS = Outcome("torch.matmul-fp32", State.PASS, value=1e-7)
ON_GPU = Outcome("torch.gpu", State.PASS, device="cuda", level=1)
NO_GPU = Outcome("torch.gpu", State.FAIL, "no kernel image", device="cuda", level=1)
WRONG = Outcome("torch.conv2d-fp32", State.FAIL, "relative error 1")
SKIP = Outcome("jax.gpu", State.SKIP, "no GPU", device="cuda", level=1)
BROKEN = Outcome("jax.run", State.ERROR, "no answer within 60 s")


@pytest.mark.parametrize(
    ("outcomes", "needs", "has", "code"),
    [
        ((PASS, SKIP), False, False, Exit.PASSED),
        ((PASS, ON_GPU), True, True, Exit.PASSED),
        ((PASS, ON_GPU), True, False, Exit.NO_GPU),
        ((PASS, WRONG), True, False, Exit.NO_GPU),
        ((PASS, WRONG), False, False, Exit.WRONG),
        ((PASS, NO_GPU), True, True, Exit.GPU_UNUSABLE),
        ((PASS, NO_GPU, WRONG), True, True, Exit.WRONG),
        ((PASS, SKIP), True, True, Exit.GPU_UNUSABLE),
        ((PASS, BROKEN), False, False, Exit.NOT_JUDGED),
        ((SKIP,), False, False, Exit.NOT_JUDGED),
        ((), False, False, Exit.NOT_JUDGED),
    ],
)
def test_the_exit_code(outcomes: tuple[Outcome, ...], needs: bool, has: bool, code: Exit) -> None:
    assert exit_code(outcomes, needs_gpu=needs, has_gpu=has) is code


def test_tf32_in_disguise_fails_as_fp32_and_a_flag_without_effect_fails_as_tf32() -> None:
    assert not BANDS["matmul-fp32"].holds(2.9e-4)
    assert BANDS["matmul-tf32"].holds(2.9e-4)
    assert not BANDS["matmul-tf32"].holds(2.5e-7)


@pytest.mark.parametrize("name", BANDS)
def test_not_a_number_is_in_no_band(name: str) -> None:
    assert not BANDS[name].holds(float("nan"))
    assert not BANDS[name].holds(float("inf"))


def test_an_outcome_survives_its_journey_through_a_pipe() -> None:
    assert outcome_from(WRONG.data()) == WRONG


@pytest.mark.parametrize("table", [{}, {"id": "x"}, {"id": "x", "state": "green"}])
def test_what_is_no_outcome_is_an_error(table: dict[str, str]) -> None:
    with pytest.raises((KeyError, ValueError)):
        outcome_from(table)


def test_junit_keeps_skips_apart_from_passes_and_survives_any_text() -> None:
    ugly = Outcome("jax.gpu", State.FAIL, 'a "quote" <tag> & \x1b[31m', device="cuda")
    root = ET.fromstring(junit((PASS, SKIP, BROKEN, ugly), {"driver": "575"}))  # noqa: S314 - our own text
    assert root.attrib | {"time": ""} == {
        "name": "sygaldry gpu validate", "tests": "4", "failures": "1", "errors": "1", "skipped": "1", "time": "",
    }  # fmt: skip
    assert [case.find("skipped") is not None for case in root.findall("testcase")] == [False, True, False, False]
