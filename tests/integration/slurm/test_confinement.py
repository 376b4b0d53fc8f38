"""Jobs that the kernel confines: a memory limit is an OOM, and nothing outlives its job."""

import time
from pathlib import Path

import pytest
from tests.integration.conftest import SYGALDRY
from tests.integration.slurm.conftest import ClusterWorld
from tests.rig import cgroups


@pytest.fixture
def confined(on_complete_cluster: ClusterWorld) -> ClusterWorld:
    if why := cgroups.missing():
        pytest.skip(f"no confinement of jobs here: {why}")
    return on_complete_cluster


def test_a_command_that_exceeds_the_memory_of_its_job_is_out_of_memory(confined: ClusterWorld) -> None:
    confined.run("eats", "--memory", "200m", "--", "python3", "-c", "x = bytearray(600 << 20); print(len(x))")
    assert confined.job("wait", "--job", "eats", "--timeout", "60").returncode == 1
    facts = confined.until("eats", lambda facts: facts["final"])
    assert (facts["state"], facts["by"]) == ("OOM", "machine"), facts


def test_a_child_that_is_out_of_memory_is_no_end_of_a_command_that_goes_on(confined: ClusterWorld) -> None:
    command = "python3 -c 'x = bytearray(600 << 20)'; echo child $?"
    confined.run("survives", "--memory", "200m", "--", "sh", "-c", command)
    assert confined.job("wait", "--job", "survives", "--timeout", "60").returncode == 0
    assert "child 137" in confined.job("tail", "--job", "survives").stdout
    assert confined.status("survives")["state"] == "DONE"


def test_a_process_that_leaves_its_session_ends_with_its_job(confined: ClusterWorld, tmp_path: Path) -> None:
    beat = tmp_path / "beat"
    script = tmp_path / "leaves.sh"
    script.write_text(f"#!/bin/sh\nsetsid sh -c 'while :; do date >{beat}; sleep 0.1; done' &\nsleep 0.5\n")
    confined.cluster.run("sbatch", "--wait", "--output=/dev/null", str(script))
    beat.unlink()
    time.sleep(0.5)  # five beats of a process that would still live
    assert not beat.exists()


def test_a_job_inside_an_allocation_is_lost_with_its_script_and_says_so(confined: ClusterWorld, tmp_path: Path) -> None:
    variables = {**confined.world.variables, "SYGALDRY_STORAGE_ROOT": str(confined.world.root)}
    exports = [f"export {name}='{value}'" for name, value in variables.items()]
    run = f"{SYGALDRY} job run --project-id {confined.project} --job inner --executor local -- sleep 300"
    script = tmp_path / "ends.sh"
    script.write_text("\n".join(["#!/bin/bash", *exports, run]) + "\n")
    done = confined.cluster.run("sbatch", "--wait", f"--output={script}.out", f"--chdir={tmp_path}", str(script))
    assert done.returncode == 0, done.stderr + Path(f"{script}.out").read_text()
    facts = confined.until("inner", lambda facts: facts["final"])
    assert facts["state"] == "LOST"
    assert "it ran inside Slurm job " in facts["why"]
