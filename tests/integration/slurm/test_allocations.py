"""`job run` typed inside a batch script: the job is part of the allocation, and the caller learns what that means."""

from pathlib import Path

from tests.integration.conftest import SYGALDRY
from tests.integration.slurm.conftest import ClusterWorld


def _script(on_cluster: ClusterWorld, path: Path, *lines: str) -> str:
    variables = {**on_cluster.world.variables, "SYGALDRY_STORAGE_ROOT": str(on_cluster.world.root)}
    exports = [f"export {name}='{value}'" for name, value in variables.items()]
    run = f"{SYGALDRY} job run --project-id {on_cluster.project} --job inner --executor local"
    path.write_text("\n".join(["#!/bin/bash", *exports, f"{run} -- sh -c 'echo up; sleep 300'", *lines]) + "\n")
    done = on_cluster.cluster.run("sbatch", "--wait", f"--output={path}.out", f"--chdir={path.parent}", str(path))
    assert done.returncode in (0, 3), done.stderr
    return Path(f"{path}.out").read_text()


def test_a_job_inside_an_allocation_says_what_the_end_of_the_script_may_do(
    on_cluster: ClusterWorld, tmp_path: Path
) -> None:
    printed = _script(on_cluster, tmp_path / "ends.sh")
    assert "this job runs inside Slurm job " in printed
    assert "end the script with: sygaldry job wait --job inner" in printed
    # Without cgroups (here) the job survives the script, and so it is reported; with them it would be LOST.
    assert on_cluster.status("inner")["state"] in ("START", "PROGRESS")
    stopped = on_cluster.job("stop", "--job", "inner")
    assert "state=STOPPED" in stopped.stdout, stopped.stderr


def test_a_script_that_waits_has_the_jobs_own_end(on_cluster: ClusterWorld, tmp_path: Path) -> None:
    job = f"{SYGALDRY} job %s --project-id {on_cluster.project} --job inner"
    printed = _script(on_cluster, tmp_path / "waits.sh", job % "stop", job % "wait")
    assert on_cluster.status("inner")["state"] == "STOPPED", printed
