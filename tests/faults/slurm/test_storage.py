"""Shared storage and clocks of a cluster

What is written on a node may be visible elsewhere only later, and clocks differ.
"""

import shutil
from pathlib import Path

import pytest
from tests.integration.slurm.conftest import ClusterWorld


def test_a_ledger_that_cannot_be_claimed_starts_nothing_and_says_so(on_cluster: ClusterWorld) -> None:
    on_cluster.run("claim", "--begin", "now+1hour", "--", "echo", "ran")
    identity = on_cluster.scheduler_id("claim")
    (script,) = on_cluster.scheduled("claim-*.sh")
    Path(str(script).removesuffix(".sh") + ".claim").mkdir()  # nothing can create the file any more
    on_cluster.cluster.run("scontrol", "update", f"jobid={identity}", "StartTime=now")
    facts = on_cluster.until("claim", lambda facts: facts["final"])
    assert (facts["state"], facts["by"]) == ("FAILED", "scheduler")
    assert "it ended before the command started (Slurm: FAILED, NonZeroExitCode)" in facts["why"]
    assert "its script's last line: sygaldry: this run was started before, or its ledger cannot be" in facts["why"]
    assert facts["log_bytes"] == 0


def test_an_end_whose_files_are_not_visible_yet_is_unknown_and_then_known(on_cluster: ClusterWorld) -> None:
    on_cluster.run("late", "--begin", "now+1hour", "--", "true")
    on_cluster.change_record("late", settings_shared_delay="30")
    identity = on_cluster.scheduler_id("late")
    on_cluster.cluster.run("scontrol", "update", f"jobid={identity}", "StartTime=now")
    assert on_cluster.job("wait", "--job", "late", "--timeout", "60").returncode == 0
    on_cluster.cluster.wait(
        lambda: on_cluster.cluster.ask("squeue", "-h", "-t", "R,CG", "-j", identity) == "", "the end of its script"
    )
    hidden = on_cluster.hide_end("late")
    for answer in on_cluster.scheduled("*.answer"):
        answer.unlink()  # what Slurm said while the job waited may be used for a minute
    facts = on_cluster.status("late")
    assert facts["state"] == "UNKNOWN", facts["why"]
    assert "its exit code may still become visible" in facts["why"]
    hidden()
    assert on_cluster.status("late")["state"] == "DONE"


@pytest.mark.parametrize("skew", ["-3h", "+3h"])
def test_a_clock_that_is_hours_off_changes_no_state(on_cluster: ClusterWorld, skew: str) -> None:
    if not shutil.which("faketime"):
        pytest.skip("not installed: faketime")
    on_cluster.run("clock", "--", "sh", "-c", "echo up; sleep 300")
    on_cluster.until("clock", lambda facts: facts["log_bytes"] > 0)
    (library,) = Path("/usr/lib").glob("*/faketime/libfaketime.so.1")
    there = {"LD_PRELOAD": str(library), "FAKETIME": skew, "DONT_FAKE_MONOTONIC": "1"}
    words = ("job", "status", "--project-id", on_cluster.project, "--job", "clock")
    seen = on_cluster.world.sygaldry(*words, **on_cluster.cluster.environment, **there)
    assert seen.stdout.startswith("PROGRESS "), seen.stderr
    assert "state=STOPPED" in on_cluster.job("stop", "--job", "clock").stdout
    seen = on_cluster.world.sygaldry(*words, **on_cluster.cluster.environment, **there)
    assert "state=STOPPED" in seen.stdout, seen.stderr
