"""A controller that dies, freezes, or loses its memory

A state is true or UNKNOWN. A controller that is some seconds old when it is killed forgets jobs.
"""

import json
import random
import subprocess
import time

from tests.integration.slurm.conftest import ClusterWorld

from sygaldry.model.batch import Handle
from sygaldry.schedulers.slurm import SCHEDULER


def test_a_silent_controller_is_unknown_or_what_the_ledger_says_never_a_failure(on_cluster: ClusterWorld) -> None:
    on_cluster.run("held", "--begin", "now+1hour", "--", "true")
    on_cluster.until("held", lambda facts: facts["state"] == "QUEUED")
    on_cluster.cluster.freeze("slurmctld")  # a killed one would forget a job that is some seconds old
    try:
        facts = on_cluster.until("held", lambda facts: facts["state"] == "UNKNOWN", patience_s=40)
        assert "Slurm does not answer: " in facts["why"]
        assert on_cluster.job("wait", "--job", "held", "--timeout", "1").returncode == 124
    finally:
        on_cluster.cluster.thaw("slurmctld")
    on_cluster.until("held", lambda facts: facts["state"] == "QUEUED", patience_s=40)
    on_cluster.job("stop", "--job", "held")


def test_a_controller_that_froze_during_the_submit_has_accepted_one_job(on_cluster: ClusterWorld) -> None:
    thaw = f"sleep 12; kill -CONT {on_cluster.cluster.processes['slurmctld'].pid}"
    with subprocess.Popen(["sh", "-c", thaw]):
        on_cluster.cluster.freeze("slurmctld")
        done = on_cluster.job("run", "--executor", "slurm", "--job", "frozen", "--", "true")
    assert done.returncode == 0, done.stderr
    assert on_cluster.job("wait", "--job", "frozen", "--timeout", "60").returncode == 0
    listed = on_cluster.cluster.ask("squeue", "-h", "-t", "all", "-o", "%j").split()
    assert len([name for name in listed if name.startswith("frozen.")]) == 1


def test_a_controller_killed_at_any_moment_never_makes_a_state_false(on_cluster: ClusterWorld) -> None:
    on_cluster.run("outlives", "--", "sh", "-c", "echo started; sleep 4; exit 3")
    on_cluster.until("outlives", lambda facts: facts["log_bytes"] > 0)
    time.sleep(random.random())  # noqa: S311 - the random moment is the test
    on_cluster.cluster.kill("slurmctld")
    try:
        assert on_cluster.status("outlives")["state"] in ("PROGRESS", "UNKNOWN", "FAILED")
        facts = on_cluster.until("outlives", lambda facts: facts["final"])
        assert (facts["state"], facts["rc"], facts["by"]) == ("FAILED", 3, "job")
    finally:
        on_cluster.cluster.start_controller()
    assert on_cluster.status("outlives")["rc"] == 3


def test_a_job_that_the_controller_has_forgotten_is_unknown_and_can_be_closed(on_cluster: ClusterWorld) -> None:
    on_cluster.run("forgotten", "--begin", "now+1hour", "--", "true")
    identity = on_cluster.scheduler_id("forgotten")
    on_cluster.cluster.run("scontrol", "update", f"jobid={identity}", "name=another")  # as after a lost state
    facts = on_cluster.until("forgotten", lambda facts: facts["state"] == "UNKNOWN")
    assert "Slurm does not know its job, and its accounting does not answer: " in facts["why"], "it has none"
    next_one = on_cluster.job("run", "--executor", "slurm", "--job", "next", "--after", "forgotten", "--", "true")
    assert (next_one.returncode, "the state of that job is unknown" in next_one.stderr) == (2, True)
    closed = on_cluster.job("forget", "--job", "forgotten")
    assert (closed.returncode, "state=LOST" in closed.stdout) == (0, True)
    assert on_cluster.cluster.ask("squeue", "-h", "-j", identity, "-o", "%T").strip() == "PENDING"
    on_cluster.cluster.run("scancel", identity)


def test_an_id_that_was_given_out_again_is_never_touched(on_cluster: ClusterWorld) -> None:
    other = on_cluster.cluster.run("sbatch", "--parsable", "--wrap", "sleep 60", "--output=/dev/null").stdout.strip()
    on_cluster.run("mine", "--begin", "now+1hour", "--", "true")
    mine = on_cluster.scheduler_id("mine")
    (path,) = on_cluster.scheduled("mine-*.json")
    command = SCHEDULER.cancel(Handle(other), json.loads(path.read_text())["name"])
    on_cluster.cluster.run(*command.argv)
    assert on_cluster.cluster.ask("squeue", "-h", "-j", other, "-o", "%T").strip() in ("RUNNING", "PENDING")
    on_cluster.cluster.run("scancel", other, mine)
