"""Repetitions of a message and wrappers of it are no rivals of the cause."""

from pathlib import Path

import pytest

from sygaldry import explain
from sygaldry.diagnosis import Cause, Confidence, Facts, Memory
from sygaldry.explain.rivals import is_rival, repeats

DATA = Path(__file__).parents[2] / "data" / "diagnosis"


def recorded(name: str, code: int) -> Cause:
    cause = explain.explain(Memory((DATA / f"{name}.log").read_bytes()), Facts(code))
    assert cause is not None
    return cause


@pytest.mark.parametrize(
    ("name", "code", "own"),
    [
        ("docker-legacy-plan", 4, "plan.toml: stage blue has no owner"),
        ("buildkit-plan", 1, "plan.toml: stage blue has no owner"),
        ("docker-legacy-config", 3, "config.yaml:7: unknown key: replcias"),
        ("buildkit-config", 1, "config.yaml:7: unknown key: replcias"),
        ("docker-legacy-migration", 1, "migration 0042 failed: column price does not exist"),
        ("buildkit-migration", 1, "migration 0042 failed: column price does not exist"),
        ("podman-build-config", 4, "service.toml:12: duplicate key: listen"),
    ],
)
def test_the_error_of_an_instruction_is_not_doubted_because_the_builder_quotes_it(
    name: str, code: int, own: str
) -> None:
    cause = recorded(name, code)
    assert cause.lines[0].text == own
    assert cause.identified
    assert cause.confidence is not Confidence.LOW
    assert not any(own in line.text for line in cause.also)


@pytest.mark.parametrize("name", ["docker-legacy-threshold", "buildkit-threshold"])
def test_an_instruction_that_prints_no_error_is_not_explained_by_the_report_of_its_failure(name: str) -> None:
    cause = recorded(name, 1)
    assert cause.lines[0].text == "ratio 0.71 below threshold 0.90"
    assert not cause.identified


def test_a_crash_above_the_reports_of_pytest_is_the_cause() -> None:
    cause = recorded("pytest-xdist-crash", 1)
    assert "Segmentation fault" in cause.says


def test_a_repetition_is_the_same_line_or_quotes_the_whole_of_it() -> None:
    message = "a.c:7:3: error: no member named x"
    assert repeats(f"0.262 {message}", [message])
    assert repeats(f"FAILED: {message}", [message])
    assert not repeats("a.c:9:3: error: no member named x", [message])
    assert not repeats("no space left on device: error", ["error"])


def test_a_wrapper_is_a_rival_of_another_wrapper_only() -> None:
    wrapper = "subprocess.CalledProcessError: Command 'x' returned non-zero exit status 1."
    assert not is_rival("disk.c:7: no medium in drive 3", (), wrapper)
    assert is_rival("RuntimeError: one or more tests failed", (), wrapper)
