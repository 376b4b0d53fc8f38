"""What tools print that were not at hand: shapes from their documentation and issue trackers."""

import re
from pathlib import Path

import pytest

from sygaldry import explain
from sygaldry.diagnosis import Facts, Memory

DATA = Path(__file__).parents[2] / "data" / "diagnosis" / "shapes.txt"
SHAPES = re.findall(r"^#### (.+) \| (\d+)\n((?:(?!####).*\n)*)####> (.+)$", DATA.read_text(), re.MULTILINE)
NOISE = "".join(
    f"-- Looking for function number {n} - found\nnote: part {n}: 0 errors, error handling is on\n" for n in range(40)
)


def test_every_shape_of_the_file_is_read() -> None:
    assert len(SHAPES) == DATA.read_text().count("\n#### ")


@pytest.mark.parametrize(("name", "code", "lines", "wanted"), SHAPES, ids=[shape[0] for shape in SHAPES])
def test_a_shape_is_known_amid_noise_and_within_200_tokens(name: str, code: str, lines: str, wanted: str) -> None:
    cause = explain.explain(Memory((NOISE + lines).encode()), Facts(int(code)))
    assert cause is not None, name
    answer = "\n".join(explain.answer(cause, 200))
    assert wanted.lower() in answer.lower(), answer
