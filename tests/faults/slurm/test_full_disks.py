"""A full disk under the storage of a cluster

What cannot be written is never reported as success, and a run that cannot be recorded does not start.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.integration.conftest import World
from tests.integration.slurm.conftest import ClusterWorld
from tests.integration.spack.conftest import mounted
from tests.rig.slurm import cluster, missing


@pytest.fixture(scope="module")
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Mount a small disk, before a cluster of its own starts whose nodes see it."""
    folder = tmp_path_factory.mktemp("disk") / "small"
    with mounted(folder, "16m"):
        yield folder


@pytest.fixture
def on_small_disk(small_disk: Path, new_world: Callable[..., World]) -> Iterator[ClusterWorld]:
    if why := missing():
        pytest.skip(f"no Slurm cluster here: {why}")
    variables = {"SYGALDRY_RUNTIME": "sandbox", "SYGALDRY_SHARED_DELAY": "1", "SYGALDRY_STORAGE_ROOT": str(small_disk)}
    with cluster(1) as made:
        made_world = new_world(**variables)
        yield ClusterWorld(World(small_disk, made_world.variables), made, "full")


def _fill(folder: Path) -> Path:
    filler = folder / "filler"
    with filler.open("ab", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue
    return filler


def test_a_disk_that_fills_while_a_job_runs_never_makes_a_success(on_small_disk: ClusterWorld) -> None:
    world = on_small_disk
    world.run("fills", "--", "sh", "-c", "trap 'exit 3' USR1; echo up; while :; do sleep 0.1; done")
    world.until("fills", lambda facts: facts["log_bytes"] > 0)
    filler = _fill(world.world.root)
    try:
        world.cluster.run("scancel", "--batch", "--signal=USR1", world.scheduler_id("fills"))
        facts = world.until("fills", lambda facts: facts["state"] not in ("PROGRESS", "START"))
        assert (facts["state"], facts["rc"]) in (("FAILED", 3), ("UNKNOWN", None), ("LOST", None)), facts
    finally:
        filler.unlink()
    assert world.status("fills")["state"] in ("FAILED", "UNKNOWN", "LOST")


def test_a_job_whose_start_cannot_be_recorded_does_not_run(on_small_disk: ClusterWorld) -> None:
    world = on_small_disk
    world.run("waits", "--begin", "now+1hour", "--", "echo", "ran")
    identity = world.scheduler_id("waits")
    filler = _fill(world.world.root)
    world.cluster.run("scontrol", "update", f"jobid={identity}", "StartTime=now")
    world.cluster.wait(lambda: world.cluster.ask("squeue", "-h", "-t", "PD,R,CG", "-j", identity) == "", "its end")
    filler.unlink()
    facts = world.until("waits", lambda facts: facts["final"])
    assert (facts["state"], facts["by"]) == ("FAILED", "scheduler"), facts
    assert facts["log_bytes"] == 0
