"""Gather the sources of a lock into a folder, for a site without internet; resumes where it ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from sygaldry.config.resolve import Resolved
from sygaldry.flows.env.environment import Environment, Store
from sygaldry.flows.env.spack import find_spack, seed_index, write_manifest
from sygaldry.host import files
from sygaldry.model.command import Command
from sygaldry.model.errors import BuildError
from sygaldry.model.report import Report
from sygaldry.spack import commands
from sygaldry.spack.output import parse_failure
from sygaldry.spack.sources import SourcePlan, label_of, parse_mirror_summary, source_plan, started_packages

if TYPE_CHECKING:
    from sygaldry.model.report import Json

Watch = Callable[[Command, IO[bytes], float], Generator[int | None, None, None]]

_PERIOD_S = 2.0
_MOST_LINES = 20


@dataclass(frozen=True)
class SourceMirror:
    """What is to be gathered for whom, and where."""

    environment: Environment
    store: Store
    folder: Path
    plan: SourcePlan


def plan_sources(environment: Environment, store: Store, folder: Path) -> SourceMirror:
    """Compare with the contents of the folder."""
    names = (path for path in folder.glob("*/*") if not path.parent.name.startswith("_")) if folder.is_dir() else ()
    there = {label_of(path.parent.name, path.name) for path in names}
    return SourceMirror(environment, store, folder, source_plan(environment.lock, there))


def plan_report(source_mirror: SourceMirror) -> Report:
    """Report a plan without running it."""
    plan, folder = source_mirror.plan, source_mirror.folder
    head = f"{source_mirror.environment.folder}: sources of {len(plan.wanted)} packages into {folder}"
    data: dict[str, Json] = {"wanted": plan.wanted, "there": plan.there, "uncovered": dict(plan.uncovered)}
    return Report(data, (f"{head}, {len(plan.there)} are there", *_uncovered(plan)))


def env_cache_sources(
    source_mirror: SourceMirror, resolved: Resolved, watch: Watch, report_progress: Callable[[str], None]
) -> Report:
    """Fill the mirror with Spack; exit code 1 when a fetch failed."""
    environment, store, folder, plan = (
        source_mirror.environment,
        source_mirror.store,
        source_mirror.folder,
        source_mirror.plan,
    )
    spack = find_spack(
        resolved, store, environment, verb="env cache sources --to FOLDER", wanted=environment.lock.required_spack
    )
    for needed in (folder, store.here, store.own / "logs"):
        files.make_folder(needed)
    seed_index(store, store.here / "cache" / "misc")
    write_manifest(environment)
    log = store.own / "logs" / f"sources-{environment.name}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}.log"
    command = commands.create_mirror(spack, str(environment.folder), str(folder))
    code, reported = 1, 0
    with log.open("wb") as output, closing(watch(command, output, _PERIOD_S)) as states:
        for state in states:
            started = started_packages(log.read_text("utf-8", "replace"))
            if len(started) > reported:
                reported = len(started)
                report_progress(f"[{reported}/{len(environment.lock.to_install)}] {started[-1]}")
            code = state if state is not None else code
    text = log.read_text("utf-8", "replace")
    found = parse_mirror_summary(text)
    if code and not found.failed:
        raise BuildError(
            f"the sources could not be gathered: {parse_failure(text).sentence or 'Spack did not say why'}",
            hint=f"run the same command again to resume; Spack's output: {log}",
        )
    lines = [
        f"{folder}: sources of {found.added} packages added, {found.present} there before, {len(found.failed)} failed"
    ]
    lines += [f"failed: {label}: {why}" for label, why in list(found.failed.items())[:_MOST_LINES]]
    return Report(
        {"folder": str(folder), "added": found.added, "present": found.present, "failed": dict(found.failed)},
        (*lines, *_uncovered(plan)),
        (
            f"use it with: mirrors: {{sources: {{url: 'file://{folder}', source: true, binary: false}}}}",
            *([f"run the same command again to retry the failures; Spack's output: {log}"] if found.failed else []),
        ),
        exit_code=1 if found.failed else 0,
    )


def _uncovered(plan: SourcePlan) -> list[str]:
    """List what no mirror of sources covers."""
    return [
        f"not covered: {label} fetches more while it builds ({how}): there, only a build cache helps"
        for label, how in sorted(plan.uncovered.items())
    ]
