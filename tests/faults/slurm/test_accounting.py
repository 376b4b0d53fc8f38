"""The accounting and its database

What the controller has forgotten is in the accounting, which may freeze, die or be absent.
"""

import time

from tests.integration.slurm.conftest import ClusterWorld


def _lost_with_its_node(world: ClusterWorld, job: str) -> None:
    """Run a job and declare its node down: the controller ends it as NODE_FAIL at once."""
    world.run(job, "--", "sh", "-c", "echo started; sleep 300")
    node = world.node_of(job)
    world.cluster.run("scontrol", "update", f"nodename={node}", "state=down", "reason=test")
    world.until_forgotten(job)
    world.cluster.run("scontrol", "update", f"nodename={node}", "state=resume")
    world.cluster.idle_again()


def test_an_end_that_the_controller_has_forgotten_is_in_the_accounting(on_complete_cluster: ClusterWorld) -> None:
    world = on_complete_cluster
    world.run("waits", "--begin", "now+1hour", "--", "true")
    world.cluster.run("scancel", world.scheduler_id("waits"))
    world.run("many", "--array", "0-2", "--begin", "now+1hour", "--", "true")
    world.cluster.run("scancel", world.scheduler_id("many"))
    _lost_with_its_node(world, "fails")
    world.until_forgotten("waits")
    world.until_forgotten("many")
    facts = world.until("fails", lambda facts: facts["final"])
    assert facts["state"] in ("LOST", "STOPPED"), facts
    facts = world.until("waits", lambda facts: facts["final"])
    assert (facts["state"], facts["why"]) == ("STOPPED", "cancelled by user root")
    facts = world.until("many", lambda facts: facts["final"])
    assert facts["elements"] == {"STOPPED": 3}


def test_the_accounting_names_who_cancelled_a_job(on_complete_cluster: ClusterWorld) -> None:
    world = on_complete_cluster
    world.run("long", "--", "sh", "-c", "echo started; sleep 300")
    world.until("long", lambda facts: facts["log_bytes"] > 0)
    world.cluster.run("scancel", world.scheduler_id("long"))
    facts = world.until("long", lambda facts: facts["why"] == "cancelled by user root")
    assert (facts["state"], facts["by"]) == ("STOPPED", "user")


def test_a_frozen_accounting_costs_a_bounded_time_and_no_truth(on_complete_cluster: ClusterWorld) -> None:
    world = on_complete_cluster
    world.run("waits", "--begin", "now+1hour", "--", "true")
    world.cluster.run("scancel", world.scheduler_id("waits"))
    world.until_forgotten("waits")
    world.cluster.freeze("slurmdbd")
    try:
        begun = time.monotonic()
        facts = world.status("waits")
        assert time.monotonic() - begun < 30
        assert facts["state"] == "UNKNOWN"
        assert "Slurm does not know its job, and its accounting does not answer: no answer within" in facts["why"]
        begun = time.monotonic()
        assert world.status("waits")["state"] == "UNKNOWN"
        assert time.monotonic() - begun < 8, "a silent accounting is asked once a minute"
    finally:
        world.cluster.thaw("slurmdbd")
    world.forget_answers()
    world.until("waits", lambda facts: facts["state"] == "STOPPED")


def test_a_database_that_is_killed_loses_no_end(on_complete_cluster: ClusterWorld) -> None:
    world = on_complete_cluster
    world.run("waits", "--begin", "now+1hour", "--", "true")
    world.cluster.kill("mariadb")
    world.run("ends", "--", "sh", "-c", "exit 3")
    assert world.job("wait", "--job", "ends", "--timeout", "60").returncode == 1
    assert world.status("ends")["rc"] == 3
    assert world.status("waits")["state"] == "QUEUED"
    world.cluster.run("scancel", world.scheduler_id("waits"))
    world.until_forgotten("waits")
    assert world.status("waits")["state"] == "UNKNOWN"
    world.cluster.start_database()
    world.cluster.wait(
        lambda: world.scheduled_name("waits") in world.history(), "an end that the accounting learned"
    )  # fmt: skip
    world.forget_answers()
    world.until("waits", lambda facts: facts["state"] == "STOPPED")


def test_a_controller_that_lost_its_state_gives_our_id_to_another_job_which_is_not_touched(
    on_complete_cluster: ClusterWorld,
) -> None:
    world = on_complete_cluster
    world.run("mine", "--begin", "now+1hour", "--", "true")
    mine = world.scheduler_id("mine")
    world.cluster.reset_controller()
    others = [world.cluster.ask("sbatch", "--parsable", "--hold", "--wrap", "true").strip()]
    while others[-1] != mine:
        assert len(others) < 200
        others.append(world.cluster.ask("sbatch", "--parsable", "--hold", "--wrap", "true").strip())
    world.forget_answers()
    facts = world.status("mine")
    assert facts["state"] == "UNKNOWN", facts
    stopped = world.job("stop", "--job", "mine")
    assert world.cluster.ask("squeue", "-h", "-j", mine, "-o", "%T %j").strip() == "PENDING wrap", stopped
    assert world.status("mine")["state"] in ("UNKNOWN", "STOPPED")
    assert "sygaldry job forget --job mine" in stopped.stderr
    closed = world.job("forget", "--job", "mine")
    assert (closed.returncode, "state=LOST" in closed.stdout) == (0, True), stopped
    world.cluster.run("scancel", *others)
