"""A step that fails without a word of an error: its most telling line is quoted as evidence, never as the cause."""

import pytest

from sygaldry import explain
from sygaldry.diagnosis import Confidence, Facts, Line, Memory
from sygaldry.explain.telling_line import telling_line

BUILDKIT = """#5 [2/3] RUN cat /opt/cache || true
#5 0.102 cat: /opt/cache: No such file or directory
#5 DONE 0.2s

#6 [3/3] RUN ./check
#6 0.310 reading 3 tables
#6 0.311 table 2: column width is 12, wanted 16
#6 0.312 done with table 3
#6 ERROR: process "/bin/sh -c ./check" did not complete successfully: exit code: 4
------
 > [3/3] RUN ./check:
0.310 reading 3 tables
0.311 table 2: column width is 12, wanted 16
0.312 done with table 3
------
ERROR: failed to solve: process "/bin/sh -c ./check" did not complete successfully: exit code: 4
"""
PODMAN = """STEP 1/3: FROM base
STEP 2/3: RUN ls /none || true
ls: cannot access '/none': No such file or directory
--> 2c1ed5a0cab
STEP 3/3: RUN ./check
quota used 104 percent of 100
Error: building at STEP "RUN ./check": while running runtime: exit status 3
"""
HEADINGS = """=== fetch ===
error: mirror unreachable, using local copy
=== build ===
compiled 3 files
=== compare ===
result differs from the golden file
"""


@pytest.mark.parametrize(
    ("log", "line"),
    [
        (BUILDKIT, "table 2: column width is 12, wanted 16"),
        (PODMAN, "quota used 104 percent of 100"),
        (HEADINGS, "result differs from the golden file"),
    ],
    ids=["buildkit", "podman", "headings"],
)
def test_the_last_output_of_the_failed_step_stands_in_a_careful_first_line(log: str, line: str) -> None:
    cause = explain.explain(Memory(log.encode()), Facts(1))
    assert cause is not None
    assert not cause.identified
    assert cause.confidence is Confidence.LOW
    first = explain.answer(cause, 200)[0]
    assert "cause not identified" in first
    assert line in first
    assert line in cause.says


def test_a_last_step_that_printed_nothing_is_named_and_the_lines_before_it_are_shown() -> None:
    log = "### test\n 9/9 Test #9: test_key ... Passed\n100% passed, 0 tests failed out of 9\n### check the version\n"
    cause = explain.explain(Memory(log.encode()), Facts(1))
    assert cause is not None
    assert cause.says == "“check the version” ended without an error message"
    answer = explain.answer(cause, 200)
    assert any("test_key" in line for line in answer)
    assert not any("0 tests failed" in line for line in answer)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("reading", "ratio 0.71 below 0.90", "closing"), 1),
        (("manifest lists 11 files, folder holds 12", "50 % done"), 0),
        (("alpha", "beta"), 1),
        (("PASS: the list is not empty", "beta"), 1),
    ],
)
def test_a_result_that_was_not_wanted_is_more_telling_than_progress(texts: tuple[str, ...], expected: int) -> None:
    assert telling_line([Line(at, 0, text) for at, text in enumerate(texts)]) == Line(expected, 0, texts[expected])


def test_no_lines_have_no_telling_one() -> None:
    assert telling_line([]) is None


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (bytes(range(128, 256)) * 9 + b"\n", "its output is not text"),
        (b"\n  \n\n", "it ended without an error message"),
    ],
    ids=["binary", "blank"],
)
def test_nothing_is_quoted_from_a_log_without_text(raw: bytes, says: str) -> None:
    cause = explain.explain(Memory(raw), Facts(2))
    assert cause is not None
    assert cause.says == says
    assert all(line.text.strip() for line in cause.lines)
