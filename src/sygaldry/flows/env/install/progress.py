"""Follow a build on disk: Spack's database shows finished packages, its stages the running ones."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass, field
from pathlib import Path

from sygaldry.flows.env.environment import Environment, Store
from sygaldry.flows.env.store import install_tree, load_database
from sygaldry.model.errors import SygaldryError
from sygaldry.model.progress_note import ProgressNote
from sygaldry.spack import database
from sygaldry.spack.output import phase_of, stage_hash
from sygaldry.spack.plan import BuildPlan

_QUIET_S = 10.0


@dataclass(frozen=True)
class Worker:
    """A package that is being built now."""

    hash: str
    label: str
    phase: str
    seconds: float


@dataclass
class Progress:
    """Progress so far; `update` reports news, at most one line per package and one in ten seconds."""

    environment: Environment
    store: Store
    plan: BuildPlan
    report_progress: Callable[[str], None]
    now: Callable[[], float]
    began: float
    failed: Container[str] = ()
    done: set[str] = field(default_factory=set)
    reported_at: float = 0.0
    stamp: tuple[int, int] = (0, 0)

    def update(self) -> None:
        """Report the changes since the last call."""
        if not self._is_changed() and self.now() - self.reported_at < _QUIET_S:
            return
        lock = self.environment.lock
        expected = {*self.plan.cached, *self.plan.to_build}
        for key in sorted((expected & set(self._database())) - self.done, key=lambda key: lock.nodes[key].label):
            self.done.add(key)
            self._report(f"installed {lock.nodes[key].label}")
            self.reported_at = self.now()
        if self.now() - self.reported_at < _QUIET_S:
            return
        seen = workers(self.environment, self.store, self.now, self.began)
        if running := [each for each in seen if each.hash not in self.failed]:
            summary = ", ".join(f"{each.label} ({each.phase}, {_duration(each.seconds)})" for each in running[:4])
            self._report(f"building {summary}")
            self.reported_at = self.now()

    def _report(self, text: str) -> None:
        """Report a line with the count in it, which a terminal also draws as a bar."""
        count, total = self._count(), self.plan.total
        self.report_progress(ProgressNote(f"[{count}/{total}] {text}", count, total, kept=True))

    def _count(self) -> int:
        return len(self.plan.installed) + len(self.done)

    def _is_changed(self) -> bool:
        try:
            status = (install_tree(self.environment, self.store) / database.PATH).stat()
        except OSError:
            return False
        stamp = (status.st_mtime_ns, status.st_size)
        changed, self.stamp = stamp != self.stamp, stamp
        return changed

    def _database(self) -> dict[str, database.Installed]:
        try:
            return load_database(self.environment, self.store)
        except SygaldryError:  # Spack is writing it: the next look will see it
            self.stamp = (0, 0)
            return {}


def workers(environment: Environment, store: Store, now: Callable[[], float], since: float) -> tuple[Worker, ...]:
    """List the packages of the lock whose stage something was written to since then, the oldest first.

    A failure leaves its stage for people to look at; nothing is written there any more.
    """
    nodes = environment.lock.nodes
    found = []
    for stage in _stages(environment, store):
        key = stage_hash(stage.name)
        try:
            times = {each.name: each.stat().st_mtime for each in (stage, *stage.iterdir())}
        except OSError:  # gone in the meantime
            continue
        if key in nodes and max(times.values()) >= since:
            begun = min(each for each in times.values() if each >= since)
            found.append(Worker(key, nodes[key].label, phase_of(tuple(times)), now() - begun))
    return tuple(sorted(found, key=lambda each: -each.seconds))


def _stages(environment: Environment, store: Store) -> list[Path]:
    roots = [store.locate(each) for each in environment.manifest.stages] or [store.here / "stage"]
    return [stage for root in roots for stage in (*root.glob("spack-stage-*"), *root.glob("*/spack-stage-*"))]


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes:02}m" if hours else f"{minutes}m{rest:02}s" if minutes else f"{rest}s"
