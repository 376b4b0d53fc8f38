"""A program that gives up after several attempts has printed at each of them why it failed."""

import pytest
from tests.unit.explain._explained import explained

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
