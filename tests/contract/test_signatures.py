"""Every signature keeps its promise: causes that exist, a needle that every match holds, bounded time on any text."""

import re
import time

import pytest

from sygaldry import signatures
from sygaldry.gpu import checks
from sygaldry.signatures import Signature

IDS = {check.id for check in checks.every()}
EVERY = signatures.every()


@pytest.mark.parametrize("signature", EVERY, ids=lambda each: f"{each.needle[:20]}-{each.causes[0]}")
def test_a_signature_is_complete(signature: Signature) -> None:
    re.compile(signature.pattern)
    assert signature.needle == signature.needle.lower()
    assert signature.causes
    assert set(signature.causes) <= IDS, set(signature.causes) - IDS
    assert signature.meaning
    assert len(set(signature.causes)) == len(signature.causes)


def test_several_causes_say_what_decides_unless_they_are_one_family() -> None:
    silent = [each for each in EVERY if len({cause.split(".")[0] for cause in each.causes}) > 2 and not each.decided_by]
    assert silent == []


@pytest.mark.parametrize(
    "text",
    [
        "a" * 500_000,
        "NVRM: " * 80_000,
        "error cuda nccl ldconfig failed device so. cdi " * 10_000,
        "is not supported by the\nNVRM: " * 20_000,
        "jax/_src/xla_bridge.py\n" * 20_000,
    ],
)
def test_a_hostile_text_costs_bounded_time(text: str) -> None:
    began = time.process_time()
    signatures.find(text)
    assert time.process_time() - began < 5.0


def test_a_needle_narrows_what_its_pattern_finds() -> None:
    for signature in EVERY:
        found = re.search(signature.pattern, signature.needle, re.IGNORECASE | re.MULTILINE)
        assert found is None or signature.needle in found.group().lower()
