"""What an agent pays for."""

from sygaldry.jobs.status_line import status_line


def test_a_status_is_within_sixty_tokens_of_which_the_longest_is_asserted() -> None:
    longest = {
        "job": "a" * 64, "run": "20261122T050908230Z", "ts": "2026-11-22T05:09:11Z", "state": "PROGRESS", "rc": "-",
        "up": "12d23h", "try": "10/10", "done": "10000/10000", "eta": "12d23h", "silent": "12d23h", "log": "999.9G",
    }  # fmt: skip
    assert len(status_line(longest, "x" * 500)) <= 216
