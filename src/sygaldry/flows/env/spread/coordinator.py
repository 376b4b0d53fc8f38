"""Submit the packages of a plan as jobs, as soon as what they need is installed, and follow them to their end."""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from sygaldry import schedulers
from sygaldry.config.resolve import Resolved
from sygaldry.flows.env.install.plan import BuildContext
from sygaldry.flows.env.install.progress import Progress
from sygaldry.flows.env.install.rounds import Outcome
from sygaldry.flows.env.spread.units import (
    MOST_TRIES,
    Evidence,
    Result,
    Unit,
    Verdict,
    again,
    doomed,
    judge,
    load_result,
    load_units,
    ready,
    save_units,
)
from sygaldry.flows.env.store import load_database
from sygaldry.flows.runtime.scheduler import program, resources_of
from sygaldry.host import files
from sygaldry.host.run import run
from sygaldry.model.batch import BatchJob, Handle, SchedulerReport
from sygaldry.model.errors import BuildError, SygaldryError
from sygaldry.schedulers import UnreachableError
from sygaldry.spack.output import InstallFailure

_TICK_S = 1.0
_ASK_S = 10.0
# Variables of the caller that a unit needs and that hold no secret.
_EXPORTED = ("LANG", "LC_ALL", "TZ", "PATH", "SPACK_PYTHON", "PYTHONPATH")
_SECRET = ("TOKEN", "SECRET", "PASSWORD", "KEY")


class Coordinator:
    """Builds a plan with at most `nodes` jobs at a time. Killed, it leaves jobs that its successor takes over."""

    def __init__(
        self, context: BuildContext, resolved: Resolved, name: str, nodes: int, report: Callable[[str], None]
    ) -> None:
        self._context, self._resolved, self._nodes, self._report = context, resolved, nodes, report
        self._name, self._scheduler = name, schedulers.get(name)
        self._folder = context.store.own / "spread" / context.environment.name
        self._running: dict[str, Unit] = {}
        self._todo = {*context.plan.cached, *context.plan.to_build}
        self._reports: dict[str, SchedulerReport] = {}
        self._is_answered = False
        self._asked = 0.0
        self._delay_s = float(resolved.settings.shared_delay or 0)
        self.outcome = Outcome()

    def build(self) -> Outcome:
        """Run until nothing is left that could be built."""
        files.make_folder(self._folder)
        self._take_over()
        plan, store, environment = self._context.plan, self._context.store, self._context.environment
        began = time.time()
        progress = Progress(environment, store, plan, self._report, time.time, began, self.outcome.failed)
        try:
            while self._step():
                progress.update()
                time.sleep(_TICK_S)
        except KeyboardInterrupt:
            for unit in self._running.values():
                self._cancel(unit)
            raise
        progress.update()
        self._save()
        present = self._present()
        self.outcome.built = tuple(key for key in (*plan.cached, *plan.to_build) if key in present)
        self.outcome.skipped = doomed(environment.lock, self._todo, self.outcome.failed)
        return self.outcome

    def _step(self) -> bool:
        """Look once, submit what has become ready; False when nothing runs and nothing is ready."""
        self._ask()
        present = self._present()
        for unit in tuple(self._running.values()):
            self._follow(unit, present)
        taken = {*self._running, *self.outcome.failed}
        for key in ready(self._context.environment.lock, self._todo, present, taken):
            if len(self._running) >= self._nodes:
                break
            self._submit(Unit(key, uuid4().hex))
        self._save()
        return bool(self._running)

    def _follow(self, unit: Unit, present: set[str]) -> None:
        report = self._reports.get(unit.uuid)
        if report and report.node:
            unit = replace(unit, node=report.node)
        if report and report.phase == "ended" and not unit.ended_s:
            unit = replace(unit, ended_s=time.time())
        self._running[unit.hash] = unit
        verdict, why = judge(unit, self._evidence(unit, report, present), time.time())
        if verdict == Verdict.RUNNING:
            return
        del self._running[unit.hash]
        label = self._context.environment.lock.nodes[unit.hash].label
        if verdict == Verdict.AGAIN and unit.tries < MOST_TRIES:
            self._report(f"{label}: {why}; it is tried elsewhere")
            self._submit(again(unit, uuid4().hex, unit.node))
        elif verdict != Verdict.DONE:
            tried = f" ({unit.tries} tries)" if unit.tries > 1 else ""
            log = (self._result(unit) or Result(ok=False)).log
            self.outcome.failed[unit.hash] = InstallFailure(f"{why}{tried}", "", log)
            self._report(f"failed: {label}: {why}{tried}")

    def _evidence(self, unit: Unit, report: SchedulerReport | None, present: set[str]) -> Evidence:
        return Evidence(
            self._result(unit), report, self._is_answered, unit.hash in present, self._alive_s(unit), self._delay_s
        )

    def _submit(self, unit: Unit) -> None:
        environment = self._context.environment
        node = environment.lock.nodes[unit.hash]
        result = self._path(unit, "json")
        command = (*program(), "env", "build-part", str(environment.folder), unit.hash, str(result))
        job = BatchJob(
            uuid=unit.uuid,
            job=node.name,
            run=unit.hash[:8],
            command=command,
            folder=str(environment.folder),
            claim=str(self._path(unit, "claim")),
            output=str(self._path(unit, "out")),
            resources=resources_of(self._resolved.settings),
            variables=_exported(),
            avoid=unit.avoid,
        )
        script = self._path(unit, "sh")
        files.replace(script, self._scheduler.script(job), 0o700)
        # Recorded before it is submitted: a coordinator that is killed in between has a successor that knows it.
        self._running[unit.hash] = unit
        self._save()
        try:
            handle = self._scheduler.submitted(run(self._scheduler.submit(job, str(script))))
        except ValueError as error:
            del self._running[unit.hash]
            raise BuildError(
                f"{self._scheduler.title} refused the job of {node.label}: {error}", hint="sygaldry doctor"
            ) from error
        # Without an answer it is looked for by its uuid, and never submitted again before it is known to be gone.
        self._running[unit.hash] = replace(unit, id=handle.id if handle else "")

    def _ask(self) -> None:
        """One question for all units, once in ten seconds."""
        if time.monotonic() - self._asked < _ASK_S:
            return
        self._asked = time.monotonic()
        try:
            reports = self._scheduler.states(run(self._scheduler.status(os.getuid())))
            self._reports, self._is_answered = {each.uuid: each for each in reports}, True
        except UnreachableError:
            self._is_answered = False

    def _take_over(self) -> None:
        """Take over the jobs of a coordinator that was killed: no two processes ever build one package."""
        earlier, _ = load_units(self._state)
        for unit in earlier:
            if unit.hash in self._todo:
                self._running[unit.hash] = replace(unit, ended_s=0)

    def _cancel(self, unit: Unit) -> None:
        name = self._context.environment.lock.nodes[unit.hash].name
        if (report := self._reports.get(unit.uuid)) or unit.id:
            handle = report.handle if report else Handle(unit.id)
            run(self._scheduler.cancel(handle, f"{name[:24]}.{unit.uuid}"))

    def _present(self) -> set[str]:
        try:
            return set(load_database(self._context.environment, self._context.store))
        except SygaldryError:  # Spack is writing it
            return set(self._context.plan.installed)

    def _alive_s(self, unit: Unit) -> float:
        try:
            return time.time() - max(
                path.stat().st_mtime for path in (self._path(unit, "sh"), self._alive(unit)) if path.exists()
            )
        except (OSError, ValueError):
            return 0.0

    def _alive(self, unit: Unit) -> Path:
        return Path(f"{self._path(unit, 'json')}.alive")

    def _result(self, unit: Unit) -> Result | None:
        return load_result(self._path(unit, "json"))

    def _path(self, unit: Unit, kind: str) -> Path:
        return self._folder / f"{unit.hash}.{unit.uuid[:8]}.{kind}"

    @property
    def _state(self) -> Path:
        return self._folder / "state.json"

    def _save(self) -> None:
        plan = self._context.plan
        facts = {
            "time_s": time.time(),
            "scheduler": self._name,
            "host": os.uname().nodename,
            "total": plan.total,
            "done": len(plan.installed) + len(self._present() & self._todo),
            "failed": sorted(self.outcome.failed),
        }
        save_units(self._state, self._running.values(), facts)


def _exported() -> dict[str, str]:
    named = {name: os.environ[name] for name in _EXPORTED if name in os.environ}
    ours = {name: value for name, value in os.environ.items() if name.startswith("SYGALDRY_")}
    return named | {name: value for name, value in ours.items() if not any(word in name for word in _SECRET)}
