"""Arrays on a real cluster: one run, one row, and an element on demand."""

import json
from pathlib import Path

from tests.integration.slurm.conftest import ClusterWorld

_TASK = "echo task $SLURM_ARRAY_TASK_ID"


def test_every_element_is_a_job_of_its_own_and_the_array_is_one_row(on_cluster: ClusterWorld) -> None:
    on_cluster.run("many", "--array", "0-3%2", "--", "sh", "-c", f"{_TASK}; test $SLURM_ARRAY_TASK_ID != 2")
    waited = on_cluster.job("wait", "--job", "many", "--timeout", "60")
    assert waited.returncode == 1, waited.stdout
    assert "3 DONE; 1 FAILED (many.2)" in waited.stdout
    facts = on_cluster.status("many")
    assert (facts["state"], facts["rc"], facts["done"], facts["total"]) == ("FAILED", 1, 4, 4)
    assert facts["elements"] == {"DONE": 3, "FAILED": 1}
    element = on_cluster.status("many.2")
    assert (element["state"], element["rc"], element["run"]) == ("FAILED", 1, facts["run"])
    assert on_cluster.job("wait", "--job", "many.1").returncode == 0
    assert on_cluster.job("tail", "--job", "many.3").stdout == "task 3\n"
    listed = json.loads(on_cluster.job("list", "--json").stdout)["data"]
    assert [each["job"] for each in listed["jobs"]] == ["many"]
    rows = json.loads(on_cluster.job("list", "many", "--elements", "--json").stdout)["data"]["jobs"]
    assert [each["state"] for each in rows] == ["DONE", "DONE", "FAILED", "DONE"]


def test_logs_and_explain_of_the_whole_and_of_one(on_cluster: ClusterWorld) -> None:
    on_cluster.run("logs", "--array", "1,2", "--", "sh", "-c", f"{_TASK}; cat /nowhere/$SLURM_ARRAY_TASK_ID")
    on_cluster.job("wait", "--job", "logs", "--timeout", "60")
    assert on_cluster.job("logs", "--job", "logs", "--grep", "task").stdout == (
        "==> logs.1 <==\ntask 1\n==> logs.2 <==\ntask 2\n"
    )
    assert on_cluster.job("tail", "--job", "logs", "-n", "2").stdout.count("==> logs.") == 2
    assert "/nowhere/1: No such file" in on_cluster.job("explain", "--job", "logs").stdout
    assert "/nowhere/2: No such file" in on_cluster.job("explain", "--job", "logs.2").stdout
    refused = on_cluster.job("tail", "--job", "logs", "-f")
    assert (refused.returncode, "is an array" in refused.stderr) == (2, True)


def test_a_waiting_element_is_queued_and_can_be_stopped_alone(on_cluster: ClusterWorld) -> None:
    on_cluster.run("held", "--array", "0-4", "--begin", "now+1hour", "--", "true")
    on_cluster.until("held.3", lambda facts: facts["why"] == "waiting: BeginTime")
    assert "QUEUED held " in on_cluster.job("list").stdout
    stopped = on_cluster.job("stop", "--job", "held.3")
    assert "state=STOPPED" in stopped.stdout, stopped.stderr
    assert on_cluster.status("held.2")["state"] == "QUEUED"
    assert on_cluster.status("held")["elements"] == {"QUEUED": 4, "STOPPED": 1}
    assert on_cluster.job("list").stdout.startswith("PROGRESS held ")
    whole = on_cluster.job("stop", "--job", "held")
    assert "state=STOPPED" in whole.stdout, whole.stderr
    assert on_cluster.status("held")["elements"] == {"STOPPED": 5}
    assert on_cluster.status("held.0")["state"] == "STOPPED"


def test_stop_ends_the_elements_that_run_and_those_that_wait(on_cluster: ClusterWorld) -> None:
    on_cluster.run("ends", "--array", "0-5%2", "--", "sh", "-c", f"{_TASK}; sleep 300")
    on_cluster.until("ends", lambda facts: facts["elements"].get("PROGRESS") == 2)
    stopped = on_cluster.job("stop", "--job", "ends")
    assert "6 STOPPED" in stopped.stdout, stopped.stderr
    assert on_cluster.status("ends.5")["why"] == "stopped by user before it started"
    assert on_cluster.job("wait", "--job", "ends").returncode == 3


def test_an_array_is_refused_where_it_cannot_be(on_cluster: ClusterWorld) -> None:
    for array, why in (("0-", "not a task"), ("1,1", "twice"), ("3-1", "not a range"), ("0-9%0", "at least one")):
        done = on_cluster.job("run", "--executor", "slurm", "--job", "bad", "--array", array, "--", "true")
        assert (done.returncode, why in done.stderr) == (2, True), done.stderr
    here = on_cluster.job("run", "--executor", "local", "--job", "bad", "--array", "0-3", "--", "true")
    assert (here.returncode, "--array is for a scheduled job" in here.stderr) == (2, True)


def test_prune_removes_an_array_whole(on_cluster: ClusterWorld) -> None:
    on_cluster.run("old", "--array", "0-2", "--", "sh", "-c", _TASK)
    on_cluster.job("wait", "--job", "old", "--timeout", "60")
    alone = on_cluster.job("prune", "--job", "old.1", "--keep", "0", "--older-than", "0", "--apply")
    assert (alone.returncode, "sygaldry job prune --job old" in alone.stderr) == (2, True)
    pruned = on_cluster.job("prune", "--keep", "0", "--older-than", "0", "--apply")
    assert pruned.returncode == 0, pruned.stderr
    root = Path(on_cluster.world.root, on_cluster.project)
    assert [path.name for path in root.rglob("old*")] == []
