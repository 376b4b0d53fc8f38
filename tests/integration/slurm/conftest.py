"""A real cluster of three nodes for the tests of this folder; skipped, with the reason, where none can be started."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.integration.conftest import World
from tests.integration.docker.conftest import docker_world, engine
from tests.rig import accounting, cgroups
from tests.rig.slurm import PROGRAMS, Cluster, cluster, missing

__all__ = ["docker_world", "engine"]


@pytest.fixture(scope="session")
def slurm() -> Iterator[Cluster]:
    """Start a cluster once a session."""
    if why := missing():
        pytest.skip(f"no Slurm cluster here: {why}")
    with cluster() as made:
        yield made


@pytest.fixture(scope="session")
def complete_slurm() -> Iterator[Cluster]:
    """Start a cluster with accounting whose controller soon forgets; with confinement, where the kernel offers it."""
    if why := missing((*PROGRAMS, *accounting.PROGRAMS)):
        pytest.skip(f"no Slurm cluster with accounting here: {why}")
    with cluster(accounting=True, cgroups=not cgroups.missing(), remembered_s=2) as made:
        yield made


@dataclass(frozen=True)
class ClusterWorld:
    """A project whose jobs run on a cluster."""

    world: World
    cluster: Cluster
    project: str

    def job(self, verb: str, *words: str) -> "subprocess.CompletedProcess[str]":
        """Type a verb of `sygaldry job`."""
        typed = (verb, "--project-id", self.project, *words)
        return self.world.sygaldry("job", *typed, **self.cluster.environment)

    def run(self, job: str, *words: str) -> None:
        """Submit a job."""
        done = self.job("run", "--executor", "slurm", "--job", job, *words)
        assert done.returncode == 0, done.stderr

    def status(self, job: str) -> dict[str, Any]:
        """Return the facts of a job."""
        done = self.job("status", "--job", job, "--json")
        assert done.returncode == 0, done.stderr
        facts: dict[str, Any] = json.loads(done.stdout)["data"]
        return facts

    def events(self, job: str) -> list[dict[str, Any]]:
        """Return the ledger of a job."""
        lines = self.job("logs", "--job", job, "--stream", "events").stdout.splitlines()
        return [json.loads(line) for line in lines]

    def until(self, job: str, condition: Callable[[dict[str, Any]], bool], patience_s: float = 60) -> dict[str, Any]:
        """Wait until the facts of a job are as they should be, and return them."""
        deadline = time.monotonic() + patience_s
        while not condition(facts := self.status(job)):
            assert time.monotonic() < deadline, facts
            time.sleep(0.2)
        return facts

    def scheduled(self, pattern: str) -> list[Path]:
        """Return files that the host keeps of scheduled runs."""
        return sorted(Path(self.world.root, self.project, ".sygaldry", "scheduled").glob(pattern))

    def change_record(self, job: str, settings_shared_delay: str = "", **more: Any) -> None:
        """Change what the host recorded of a job."""
        (path,) = self.scheduled(f"{job}-*.json")
        record = json.loads(path.read_text()) | more
        if settings_shared_delay:
            record["settings"]["shared_delay"] = settings_shared_delay
        path.write_text(json.dumps(record))

    def hide_end(self, job: str) -> Callable[[], None]:
        """Hide the files in which the end of a job stands; returns what shows them again."""
        root = Path(self.world.root, self.project)
        names = (f"{job}-*.host.jsonl", f"{job}-*Z.jsonl", f"{job}-*.rc", f"{job}.status")
        found = [path for name in names for path in root.rglob(name) if path.is_file() and not path.is_symlink()]
        kept = {path: path.read_text() for path in found}
        for path, text in kept.items():
            lines = text.splitlines(keepends=True)
            shown = "".join(line for line in lines if '"exit"' not in line and '"started"' not in line)
            path.write_text(shown) if path.suffix == ".jsonl" else path.unlink()

        def show() -> None:
            for path, text in kept.items():
                path.write_text(text)

        return show

    def forget_answers(self) -> None:
        """Forget what the scheduler and its accounting answered, which may be used for a minute."""
        for answer in (*self.scheduled("*.answer"), *self.scheduled("*.history")):
            answer.unlink()

    def until_forgotten(self, job: str) -> None:
        """Wait until the controller does not know a job any more."""
        name = self.scheduled_name(job)
        self.cluster.wait(lambda: name not in self.cluster.ask("squeue", "-h", "-t", "all", "-o", "%j"), "forgetting")
        self.forget_answers()

    def scheduled_name(self, job: str) -> str:
        """Return the name under which Slurm shows a job."""
        (path,) = self.scheduled(f"{job}-*.json")
        name: str = json.loads(path.read_text())["name"]
        return name

    def history(self) -> str:
        """Return the names of the jobs that have ended, by the accounting."""
        window = ("--starttime=2000-01-01", "--endtime=2037-12-31", "--format=End,JobName%64")
        lines = self.cluster.ask("sacct", "-X", "-n", "-P", *window).splitlines()
        return " ".join(line.partition("|")[2] for line in lines if not line.startswith("Unknown"))

    def node_of(self, job: str) -> str:
        """Wait until a job prints, and return the node on which it runs."""
        self.until(job, lambda facts: facts["log_bytes"] > 0)
        return self.cluster.ask("squeue", "-h", "-j", self.scheduler_id(job), "-o", "%N").strip()

    def scheduler_id(self, job: str) -> str:
        """Return the id that Slurm gave a job."""
        (record,) = sorted(Path(self.world.root, self.project, ".sygaldry", "scheduled").glob(f"{job}-*.json"))
        identity: str = json.loads(record.read_text())["handle"]["id"]
        return identity


@pytest.fixture
def on_complete_cluster(
    complete_slurm: Cluster, new_world: Callable[..., World], request: pytest.FixtureRequest
) -> Iterator[ClusterWorld]:
    """Give a project of its own on the cluster with accounting."""
    yield _project(complete_slurm, new_world, request)
    complete_slurm.end_jobs()


@pytest.fixture
def on_cluster(
    slurm: Cluster, new_world: Callable[..., World], request: pytest.FixtureRequest
) -> Iterator[ClusterWorld]:
    """Give a project of its own on the cluster."""
    yield _project(slurm, new_world, request)
    slurm.end_jobs()


def _project(made: Cluster, new_world: Callable[..., World], request: pytest.FixtureRequest) -> ClusterWorld:
    """Commands run in the sandbox on the nodes."""
    world = new_world(SYGALDRY_RUNTIME="sandbox", SYGALDRY_SHARED_DELAY="1")
    return ClusterWorld(world, made, f"slurm-{abs(hash(request.node.name)) % 10**8}")
