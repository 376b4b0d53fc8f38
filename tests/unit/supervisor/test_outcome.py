"""The state of an ended attempt follows from its exit code and our own actions."""

import pytest

from sygaldry.supervisor.outcome import verdict


@pytest.mark.parametrize(
    ("code", "ended_by", "out_of_memory", "expected"),
    [
        (0, "", False, ("DONE", "job", "")),
        (0, "", True, ("DONE", "job", "")),
        (3, "", False, ("FAILED", "job", "exited 3")),
        (139, "", False, ("FAILED", "job", "killed by signal 11")),
        (200, "", False, ("FAILED", "job", "exited 200")),
        (137, "", True, ("OOM", "machine", "the kernel killed one of its processes: out of memory")),
        (0, "stop", False, ("STOPPED", "user", "stopped by user")),
        (143, "stop", True, ("STOPPED", "user", "stopped by user")),
        (143, "timeout", False, ("TIMEOUT", "runner", "ran too long")),
        (143, "idle-timeout", False, ("TIMEOUT", "runner", "printed nothing for too long")),
    ],
)
def test_an_attempt_ends_with_state_ender_and_reason(
    code: int, ended_by: str, out_of_memory: bool, expected: tuple[str, ...]
) -> None:
    assert verdict(code, ended_by, out_of_memory) == expected
