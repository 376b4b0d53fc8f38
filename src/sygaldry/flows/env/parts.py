"""The parts of an environment that have to belong together: source, lock, Spack, recipes, store and view."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sygaldry.flows.env.environment import (
    Environment,
    Store,
    recipe_digests,
    recipe_folders,
    spack_version,
)
from sygaldry.flows.env.store import load_database
from sygaldry.spack.database import missing_of
from sygaldry.spack.graph import closure
from sygaldry.spack.lock import canonical
from sygaldry.spack.manifest import diff_manifests
from sygaldry.spack.provenance import SPACK_VERSION, changed_recipes, digest


@dataclass(frozen=True)
class Part:
    """One part of an environment; `state` is ok, behind, absent (not on this machine) or unknown."""

    name: str
    state: str
    summary: str
    next: str = ""
    details: tuple[str, ...] = ()


def lock_parts(environment: Environment, recipes: Path) -> tuple[Part, ...]:
    """Judge what a lock was made from: source, lock, Spack and recipes."""
    return (*source_parts(environment), _spack(environment), _recipes(environment, recipes))


def source_parts(environment: Environment) -> tuple[Part, Part]:
    """Judge whether source, lock and the record of how they belong together do so."""
    return (_source(environment), _lock(environment))


def source_changes(environment: Environment) -> tuple[str, ...] | None:
    """Say how the source differs from what was locked; None when that was not written down."""
    record = environment.provenance
    if record is None:
        return None
    if record.manifest_sha256 == digest(environment.source_text):
        return ()
    return diff_manifests(record.manifest, environment.manifest.content)


def store_parts(environment: Environment, store: Store) -> tuple[Part, ...]:
    """Judge what was built: the packages in the store, and the view."""
    database = load_database(environment, store)
    lock = environment.lock
    needed = closure(lock, lock.roots.values(), to_run=True)
    missing = missing_of(lock, database)
    build = f"cd {environment.folder} && ./build.sh"
    there = len(needed) - len(missing)
    if not any(key in database for key in needed):
        return (Part("store", "absent", f"nothing of it is installed in {store.here} yet", build),)
    counted = f"{there} of {len(needed)} packages needed to run are installed"
    if missing:
        names = tuple(lock.nodes[key].label for key in missing)
        return (Part("store", "behind", counted, build, names),)
    return (Part("store", "ok", counted), _view(environment, store))


def _source(environment: Environment) -> Part:
    relock = f"sygaldry env lock {environment.folder}"
    changes = source_changes(environment)
    if changes is None:
        return Part("source", "unknown", "no record says what the lock was made from", relock)
    if not changes:
        return Part("source", "ok", f"{environment.source.name} is what was locked")
    summary = f"{environment.source.name} was edited after the lock was made"
    return Part("source", "behind", summary, relock, changes)


def _lock(environment: Environment) -> Part:
    lock = environment.lock
    record = environment.provenance
    if record is None or record.lock_digest == canonical(lock):
        return Part("lock", "ok", f"every package is what its hash says ({len(lock.to_install)} to build)")
    return Part(
        "lock",
        "behind",
        "spack.lock is not the one that sygaldry.lock.json describes",
        f"sygaldry env lock {environment.folder}",
    )


def _spack(environment: Environment) -> Part:
    wanted = environment.lock.spack or SPACK_VERSION
    found = spack_version(environment.spack_root)
    if not found:
        return Part("spack", "absent", f"no Spack found in {environment.spack_root} (it is in the image)")
    if found == wanted:
        return Part("spack", "ok", f"Spack {found}")
    return Part(
        "spack",
        "behind",
        f"Spack in {environment.spack_root} is {found}, and the lock was made by {wanted}",
        "use the image that the lock was made for: sygaldry image status",
    )


def _recipes(environment: Environment, recipes: Path) -> Part:
    record = environment.provenance
    if record is None or not record.recipes:
        return Part("recipes", "unknown", "no record says which recipes the lock was made from")
    if not recipes.is_dir():
        return Part("recipes", "absent", f"no recipes found in {recipes} (they are in the image)")
    found = recipe_digests(environment.lock, recipe_folders(environment, recipes))
    names = {node.name for node in environment.lock.nodes.values()}
    changed = changed_recipes({name: each for name, each in record.recipes.items() if name in names}, found)
    if not changed:
        return Part("recipes", "ok", f"all {len(found)} recipes are those of {record.recipes_version}")
    return Part(
        "recipes",
        "behind",
        f"{len(changed)} recipes are not those the lock was made from: {', '.join(changed[:5])}",
        f"use the recipes {record.recipes_version} ({record.recipes_commit[:12]}), or: sygaldry env lock",
        changed,
    )


def _view(environment: Environment, store: Store) -> Part:
    view = environment.manifest.view
    if not view:
        return Part("view", "ok", "the environment has none")
    link = store.locate(view)
    build = f"cd {environment.folder} && ./build.sh"
    if not link.is_symlink():
        return Part("view", "behind", f"{view} is not made yet", build)
    missing = [spec for spec, key in environment.lock.roots.items() if not _is_in(link, environment, key, store)]
    if missing:
        return Part("view", "behind", f"{view} is without {', '.join(missing)}", build)
    return Part("view", "ok", view)


def _is_in(link: Path, environment: Environment, key: str, store: Store) -> bool:
    """Look for a root's own folder in a view: Spack links `.spack/NAME` for each package."""
    node = environment.lock.nodes[key]
    return node.is_external or store.locate(str(link.parent / link.readlink()) + f"/.spack/{node.name}").exists()
