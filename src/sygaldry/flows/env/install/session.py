"""Steps before and after the installation: locks, the view, Spack's files, caches, history."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from sygaldry.flows.env.cache.mirrors import mirrors_of
from sygaldry.flows.env.environment import Environment, Store
from sygaldry.flows.env.gpg_agent import stop_gpg_agent
from sygaldry.flows.env.install.plan import HISTORY, SIZES, BuildContext, BuildOptions, load_history
from sygaldry.flows.env.install.rounds import Outcome
from sygaldry.flows.env.parts import view_part
from sygaldry.flows.env.spack import write_manifest
from sygaldry.flows.env.store import load_database, load_records
from sygaldry.host import files
from sygaldry.model.command import Command, Completed
from sygaldry.model.errors import BuildError, LockError, SygaldryError
from sygaldry.model.json_text import parse_json
from sygaldry.spack import commands
from sygaldry.spack.lock import canonical, parse_lock

Run = Callable[[Command], Completed]


def lock_environment(held: ExitStack, environment: Environment, store: Store, options: BuildOptions) -> None:
    """Allow one build of an environment per host; other hosts share the work through Spack's own locks."""
    path = store.own / f"build-{environment.name}-{platform.node()}.lock"
    if held.enter_context(files.locked(path, wait=False)) is None and not options.join:
        raise BuildError(
            f"another build of {environment.name} is running on this machine",
            hint="wait for it, or share its work: --join",
        )


def claim_view(environment: Environment, store: Store) -> None:
    """Record the owner of a view; the view of another environment is never overwritten."""
    link = environment.view_link(store)
    if link is None or link.is_relative_to(environment.folder):
        return
    view = environment.manifest.view
    path = store.own / "views.json"
    with files.locked(store.own / "views.lock"):
        try:
            claims = parse_json(files.read_if_there(path) or "{}")
        except ValueError:
            claims = {}
        claims = claims if isinstance(claims, dict) else {}
        owner = claims.get(view, "")
        if owner and owner != str(environment.folder) and _may_be_there(owner):
            raise LockError(
                f"the view {view} belongs to another environment: {owner}",
                hint=f"give this one a view of its own in {environment.source.name}: view: default: root: {view}-2",
            )
        if link.exists() and not link.is_symlink():
            raise LockError(f"{link} blocks the view: it is not a symbolic link", hint=f"move it: mv {link} {link}.old")
        files.replace(path, json.dumps(claims | {view: str(environment.folder)}, indent=1) + "\n")


def _may_be_there(folder: str) -> bool:
    """Return whether a folder exists; one that only its owner may look at counts as there."""
    try:
        return Path(folder).is_dir()
    except PermissionError:
        return True


def reindex_store(
    environment: Environment, store: Store, spack: commands.Spack, run: Run, report_progress: Callable[[str], None]
) -> None:
    """Reindex a store from which packages were deleted: Spack would never build them again."""
    records = load_records(environment, store)
    gone = sorted(set(records) - set(load_database(environment, store)))
    if not gone:
        return
    report_progress(f"{len(gone)} packages are gone from the store: {', '.join(records[key].name for key in gone[:5])}")
    done = run(spack.command("reindex", environment=str(environment.folder)))
    if not done.ok:
        raise commands.failure(done, "Spack's database could not be reindexed")


def stop_gpg_agent_on_exit(held: ExitStack, context: BuildContext, spack: commands.Spack, run: Run) -> None:
    """Stop gpg's agent when the build ends for any reason."""
    if any(each.checks_signatures and each.binary for each in mirrors_of(context.environment)):
        held.callback(stop_gpg_agent, spack, run)


def refresh_view(environment: Environment, store: Store, regenerate: Callable[[], Completed]) -> Completed | None:
    """Regenerate the view if Spack's install did not: starting Spack costs over a second."""
    if not environment.manifest.view:
        return None
    if view_part(environment, store).state == "ok":
        return None
    return regenerate()


def prepare_manifest(environment: Environment, report_progress: Callable[[str], None]) -> None:
    """Copy the source to spack.yaml where Spack wants it, if it is not the same already."""
    if done := write_manifest(environment):
        report_progress(done)


def restore_lock(environment: Environment, before: str, report_progress: Callable[[str], None]) -> None:
    """Restore the lock: Spack rewrites it after an install, and only `env lock` may change it."""
    after = environment.lock_path.read_text()
    if after == before:
        return
    files.replace(environment.lock_path, before, 0o644)
    try:
        is_same = canonical(parse_lock(after, str(environment.lock_path))) == canonical(environment.lock)
    except LockError:  # Spack was killed while it wrote
        is_same = False
    if not is_same:
        report_progress("Spack changed the lock, which only `env lock` may change; it was restored")


def record_times(environment: Environment, store: Store, outcome: Outcome) -> None:
    """Add the build times to the history for the next estimate."""
    times, sizes = load_history(store, HISTORY), load_history(store, SIZES)
    database = load_database(environment, store)
    for key in outcome.built:
        path = store.locate(database[key].path) / ".spack" / "install_times.json"
        try:
            times_record = parse_json(files.read_if_there(path) or "{}")
            if not times_record.get("cache", True):
                label = environment.lock.nodes[key].label
                times[label] = round(float(times_record["total"]), 2)
                sizes[label] = _size_bytes(store.locate(database[key].path))
        except (ValueError, KeyError, TypeError, SygaldryError):
            continue
    for name, values in ((HISTORY, times), (SIZES, sizes)):
        files.replace(store.own / name, json.dumps(values, indent=0, sort_keys=True) + "\n")


def _size_bytes(prefix: Path) -> int:
    """Sum the files of a prefix, links not followed."""
    paths = (Path(folder, name) for folder, _, names in os.walk(prefix) for name in names)
    return sum(path.lstat().st_size for path in paths)
