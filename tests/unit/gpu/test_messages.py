"""What the real CUDA builds of Torch and JAX print when CUDA does not start leads to the right entry."""

import tomllib
from dataclasses import replace

import pytest
from tests.unit.gpu.conftest import FIXTURES, recorded

from sygaldry.gpu import checks
from sygaldry.gpu.diagnose import State, diagnose, judge_text
from sygaldry.gpu.facts import read

MESSAGES = tomllib.loads((FIXTURES / "frameworks.toml").read_text())["message"]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda each: f"{each['framework']}-{each['code']}")
def test_a_recorded_message_is_recognised(message: dict[str, str]) -> None:
    diagnosis = judge_text(f"step 1\n{message['text']}", checks.every())
    assert diagnosis.state is State.RECOGNISED
    assert diagnosis.roots[0].check.id == message["id"]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda each: f"{each['framework']}-{each['code']}")
def test_a_recorded_message_makes_a_healthy_machine_not_usable(message: dict[str, str]) -> None:
    recording = replace(recorded("h100-575"), messages=f"step 1\n{message['text']}")
    diagnosis = diagnose(read(recording), checks.every())
    assert diagnosis.state is State.UNUSABLE
    assert message["id"] in (diagnosis.roots[0].check.id, *diagnosis.roots[0].alternatives)


def test_both_frameworks_were_recorded_for_every_code_of_the_stub() -> None:
    codes = {"34", "46", "100", "214", "304", "802", "803", "804", "999"}
    for framework in ("torch", "jax"):
        assert codes <= {each["code"] for each in MESSAGES if each["framework"] == framework}
