"""Make a lock with the pinned Spack and record its origin; or check a lock without a solver."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from sygaldry.config.resolve import Resolved
from sygaldry.flows.env.environment import (
    Environment,
    Store,
    find_store,
    load_environment,
)
from sygaldry.flows.env.graph import render_graph
from sygaldry.flows.env.parts import lock_parts
from sygaldry.flows.env.recipes import recipe_digests, recipe_folders, recipe_licenses, recipe_projects
from sygaldry.flows.env.spack import find_spack, seed_index
from sygaldry.host import files
from sygaldry.model.command import Command, Completed
from sygaldry.model.errors import NotFoundError
from sygaldry.model.report import Report
from sygaldry.spack import commands, provenance
from sygaldry.spack.lock import Lock, canonical, parse_lock
from sygaldry.spack.lock_diff import Difference, difference, format_difference
from sygaldry.spack.manifest import relocated
from sygaldry.spack.provenance import Provenance

GRAPH = "DEPENDENCY_GRAPH.md"

Run = Callable[[Command], Completed]


def env_lock_check(word: str, resolved: Resolved, workspace: Path) -> Report:
    """Report whether the lock still matches its source; exit code 1 and the difference if not."""
    environment = load_environment(word, resolved, workspace, needs_consent=False)
    parts = lock_parts(environment, Path(resolved.settings.spack_recipes))
    bad = [part for part in parts if part.state == "behind" or (part.name == "source" and part.state == "unknown")]
    lines = [f"{part.name}: {part.summary}" for part in bad]
    lines += [f"  {each}" for part in bad for each in part.details]
    if not bad:
        lines = [f"the lock of {environment.folder} is up to date"]
    return Report(
        {"up_to_date": not bad, "parts": {part.name: asdict(part) for part in parts}},
        tuple(lines),
        notes=tuple(dict.fromkeys(f"type: {part.next}" for part in bad if part.next)),
        exit_code=1 if bad else 0,
    )


def env_lock(
    word: str, resolved: Resolved, workspace: Path, run: Run, report_progress: Callable[[str], None]
) -> Report:
    """Solve, compare with the lock that is there, and replace it only if the content differs."""
    environment = load_environment(word, resolved, workspace)
    if not environment.source.exists():
        raise NotFoundError(f"{environment.folder} has no spack_src.yaml", hint="write one; see docs/how-to/spack.md")
    specs = environment.manifest.specs  # read it before the minutes of solving
    store = find_store(resolved, workspace)
    spack = find_spack(resolved, store, environment, verb="env lock")
    old = environment.lock if environment.lock_path.exists() else None
    report_progress(
        f"solving {len(specs)} specs with Spack {provenance.SPACK_VERSION}: one to three minutes, 2 GB of memory"
    )
    with tempfile.TemporaryDirectory(prefix="sygaldry-lock-") as scratch:
        text = _solved(environment, store, spack, Path(scratch), run)
    new = parse_lock(text, "the new lock")
    changes = difference(old, new) if old else Difference()
    if old is None or canonical(old) != canonical(new):
        files.replace(environment.lock_path, text, 0o644)
    locked = Environment(environment.folder, environment.spack_root)
    _write_provenance(locked, new, resolved)
    graph = render_graph(Environment(environment.folder, environment.spack_root), new, "md")
    files.replace(environment.folder / GRAPH, graph, 0o644)
    return _lock_report(environment, new, changes, is_new=old is None)


def _solved(environment: Environment, store: Store, spack: commands.Spack, scratch: Path, run: Run) -> str:
    folder = scratch / "environment"
    folder.mkdir()
    lines = json.dumps({"spack": relocated(environment.manifest.content, str(environment.folder))})
    (folder / "spack.yaml").write_text(lines)  # JSON is YAML
    seed_index(store, scratch / "misc")
    done = run(commands.concretize(spack, str(folder), str(scratch)))
    if not done.ok:
        raise commands.failure(done, "Spack found no solution")
    return (folder / "spack.lock").read_text()


def _write_provenance(environment: Environment, lock: Lock, resolved: Resolved) -> None:
    folders = recipe_folders(environment, Path(resolved.settings.spack_recipes))
    sample = (lock.to_install or lock.externals)[0]
    made = Provenance(
        manifest_sha256=environment.source_digest,
        lock_digest=canonical(lock),
        spack_version=lock.spack,
        image=resolved.settings.image,
        os=f"{sample.os} {sample.target}",
        manifest=environment.manifest.content,
        recipes=recipe_digests(lock, folders),
        licenses=recipe_licenses(lock, folders),
        pypi=recipe_projects(lock, folders),
    )
    path = environment.folder / provenance.FILE
    if files.read_if_there(path) != made.text():
        files.replace(path, made.text(), 0o644)


def _lock_report(environment: Environment, lock: Lock, changes: Difference, *, is_new: bool) -> Report:
    lines = format_difference(changes)
    if is_new:
        head = f"locked {len(lock.nodes)} packages: {environment.lock_path}"
    elif lines:
        head = f"locked again, {len(lines)} differences: {environment.lock_path}"
    else:
        head = f"the lock is unchanged: {environment.lock_path}"
    return Report(
        {"lock": str(environment.lock_path), "digest": canonical(lock), "packages": len(lock.nodes), **asdict(changes)},
        (head, *lines),
        (f"build it: {environment.build_command}",),
    )
