"""A program that gives up after several attempts has printed at each of them why it failed."""

import pytest
from tests.unit.explain._explained import explained

HEAD = 'Traceback (most recent call last):\n  File "/src/a.py", line 4, in <module>\n    run()\n'
UPLOAD = "".join(f"WARNING upload attempt {n} of 4 failed: HTTP 501 Unsupported method ('PUT')\n" for n in range(1, 5))
WORKER = "".join(
    f"2026-11-29 02:10:1{n},580 INFO spawned: 'worker' with pid 90{n}\n"
    "worker: queue 'mail' is declared durable=false on the broker, config says durable=true\n"
    f"2026-11-29 02:10:1{n},880 WARN exited: worker (exit status 1; not expected)\n"
    for n in range(3)
)


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        (f"{UPLOAD}ERROR giving up on artifact.bin\npublish failed\n", "HTTP 501 Unsupported method"),
        (f"{WORKER}INFO gave up: worker entered FATAL state, too many start retries too quickly\n", "durable=false"),
    ],
)
def test_the_reason_of_the_attempts_leads(log: str, reason: str) -> None:
    assert reason in explained(log).says


def test_a_program_that_gives_up_without_attempts_is_quoted() -> None:
    assert "giving up on artifact.bin" in explained("uploading\nERROR giving up on artifact.bin\n").says


def test_the_last_attempt_says_why_a_program_gave_up() -> None:
    attempts = "".join(
        f"[retry] upload attempt {n}/3: ValueError: out.zip: only .tar archives are accepted\n" for n in (1, 2, 3)
    )
    end = f"{HEAD}RuntimeError: upload: all 3 attempts failed\n"
    assert "only .tar archives are accepted" in explained(attempts + end).says
    assert "all 3 attempts failed" in explained(end).says


def test_a_reason_that_all_items_share_says_why_nothing_is_left() -> None:
    items = "".join(
        f"Processing cell type {n}\n  Failed to process {n}: select() got an unexpected keyword argument 'subset'\n"
        for n in ("pDC", "NK", "HSC")
    )
    end = "Error: No genes found across all cell types\n"
    assert "unexpected keyword argument 'subset'" in explained(items + end).says
    assert "No genes found" in explained(end).says
