"""The parts of an environment that have to belong together: source, lock, Spack, recipes, store and view."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sygaldry.flows.env.environment import (
    Environment,
    Store,
    spack_version,
)
from sygaldry.flows.env.inputs import compare_inputs
from sygaldry.flows.env.inspection import Inspection, describe, inspect_store
from sygaldry.flows.env.recipes import recipe_digests, recipe_folders
from sygaldry.flows.env.store import load_database
from sygaldry.spack.database import missing_of
from sygaldry.spack.graph import closure
from sygaldry.spack.lock import canonical
from sygaldry.spack.lock_formats import NEWEST
from sygaldry.spack.manifest import diff_manifests, solution_inputs
from sygaldry.spack.provenance import changed_recipes
from sygaldry.spack.spec_list import is_written_out, normalize


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
    return (*source_parts(environment), *pinned_parts(environment, recipes))


def source_parts(environment: Environment) -> tuple[Part, Part]:
    """Judge whether source, lock and the record of their origin belong together."""
    return (_source(environment), _lock(environment))


def pinned_parts(environment: Environment, recipes: Path) -> tuple[Part, Part]:
    """Judge whether the Spack and the recipes here are those that the lock needs."""
    return (_spack(environment), _recipes(environment, recipes))


def store_parts(environment: Environment, store: Store) -> tuple[Part, ...]:
    """Judge what was built: the packages in the store, and the view."""
    database = load_database(environment, store)
    lock = environment.lock
    needed = closure(lock, lock.roots.values(), to_run=True)
    missing = missing_of(lock, database)
    build = environment.build_command
    there = len(needed) - len(missing)
    if not lock.to_install:
        return (Part("store", "ok", "the lock installs nothing: all of it comes from the machine"),)
    if not any(key in database for key in needed):
        return (Part("store", "absent", f"nothing of it is installed in {store.here} yet", build),)
    counted = f"{there} of {len(needed)} packages needed to run are installed"
    if missing:
        names = tuple(lock.nodes[key].label for key in missing)
        return (Part("store", "behind", counted, build, names),)
    found = inspect_store(
        store, [node for node in lock.to_install if node.hash in needed and node.hash in database], database
    )
    verify = f"sygaldry env verify {environment.argument}"
    if found.damages:
        return (_damaged(verify, counted, found),)
    return (Part("store", "ok", f"{counted} ({found.scope()}: {verify})"), view_part(environment, store))


def _damaged(verify: str, counted: str, found: Inspection) -> Part:
    details = tuple(describe(each) for each in found.damages)
    if all(each.kind == "not readable" for each in found.damages):
        return Part("store", "unknown", f"{counted}, and {len(found.damaged)} cannot be read", verify, details)
    return Part("store", "behind", f"{counted}, and {len(found.damaged)} of them are damaged", verify, details)


def _source(environment: Environment) -> Part:
    relock = f"sygaldry env lock {environment.argument}"
    if not environment.has_source:
        return Part("source", "unknown", "there is a lock and no manifest, so nothing to compare it with")
    record = environment.provenance
    if record is None:
        return _compare_roots(environment, relock)
    if record.manifest_sha256 == environment.source_digest:
        return _unchanged(environment, f"{environment.source.name} is what was locked", relock)
    changes = diff_manifests(solution_inputs(record.manifest), solution_inputs(environment.manifest.content))
    if not changes:
        summary = f"{environment.source.name} is what was locked, except for settings that no solution depends on"
        return _unchanged(environment, summary, relock)
    summary = f"{environment.source.name} was edited after the lock was made"
    return Part("source", "behind", summary, relock, changes)


def _unchanged(environment: Environment, summary: str, relock: str) -> Part:
    """Judge a manifest that is as it was locked by what it takes from elsewhere."""
    inputs = compare_inputs(environment)
    if inputs.changed:
        names = ", ".join(inputs.changed)
        return Part("source", "behind", f"{summary}; included environments were locked again: {names}", relock)
    if inputs.unknown:
        names = ", ".join(inputs.unknown)
        return Part("source", "unknown", f"{summary}; what it includes was not compared: {names}")
    return Part("source", "ok", summary)


def _compare_roots(environment: Environment, relock: str) -> Part:
    """Compare what the manifest requests with the roots of a lock whose origin was not recorded."""
    manifest, lock = environment.manifest, environment.lock
    if manifest.conditions or manifest.included_locks:
        why = "definitions with conditions" if manifest.conditions else "roots of included environments"
        return Part("source", "unknown", f"no record says what the lock was made from, and {why} need Spack", relock)
    requested = {normalize(spec): spec for spec in manifest.specs}
    locked = {normalize(spec): spec for spec in lock.roots}
    changes = [f"+ {requested[key]}" for key in requested if key not in locked]
    changes += [f"- {locked[key]}" for key in locked if key not in requested]
    if changes and lock.format < NEWEST and is_written_out(tuple(requested), tuple(locked)):
        summary = f"the lock writes its roots out in full; each has what {environment.source.name} requests"
        return Part("source", "unknown", summary, relock)
    if changes:
        summary = f"{environment.source.name} requests other roots than the lock has"
        return Part("source", "behind", summary, relock, tuple(changes))
    summary = f"all {len(locked)} roots are those of the lock; nothing records the settings that it was made with"
    return Part("source", "unknown", summary, relock)


def _lock(environment: Environment) -> Part:
    lock = environment.lock
    record = environment.provenance
    if record is not None and record.lock_digest != canonical(lock):
        return Part(
            "lock",
            "behind",
            f"{environment.lock_file} is not the one that sygaldry.lock.json describes",
            f"sygaldry env lock {environment.argument}",
        )
    if lock.format < NEWEST:
        return Part("lock", "ok", f"format {lock.format}, which Spack 1.1 reads ({len(lock.to_install)} to build)")
    return Part("lock", "ok", f"every package matches its hash ({len(lock.to_install)} to build)")


def _spack(environment: Environment) -> Part:
    lock = environment.lock
    found = spack_version(environment.spack_root)
    if not found:
        return Part("spack", "absent", f"no Spack found in {environment.spack_root} (it is in the image)")
    if found != lock.required_spack:
        return Part(
            "spack",
            "behind",
            f"Spack in {environment.spack_root} is {found}, and {lock.required_spack} is needed",
            "use the image that the lock was made for: sygaldry image status",
        )
    if not lock.spack:
        return Part("spack", "unknown", f"the lock does not record its Spack; {found} reads its format {lock.format}")
    made_by = "" if lock.spack == found else f", which reads locks of {lock.spack}"
    return Part("spack", "ok", f"Spack {found}{made_by}")


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
        f"use the recipes {record.recipes_version} ({record.recipes_commit[:12]}), "
        f"or: sygaldry env lock {environment.argument}",
        changed,
    )


def view_part(environment: Environment, store: Store) -> Part:
    """Judge whether the view links the roots of the lock."""
    manifest = environment.manifest
    if not manifest.views:
        return Part("view", "ok", "the environment has none")
    link = environment.view_link(store)
    if link is None:
        return Part("view", "unknown", f"{manifest.view} is a path that only Spack can resolve")
    build = environment.build_command
    if not link.is_symlink():
        return Part("view", "behind", f"{manifest.view} is not made yet", build)
    if not manifest.is_whole_view:
        return Part("view", "ok", f"{manifest.view}, which links a selection of the packages")
    missing = [spec for spec, key in environment.lock.roots.items() if not _is_in(link, environment, key, store)]
    if missing:
        return Part("view", "behind", f"{manifest.view} is without {', '.join(missing)}", build)
    return Part("view", "ok", manifest.view)


def _is_in(link: Path, environment: Environment, key: str, store: Store) -> bool:
    """Look for a root's own folder in a view: Spack links `.spack/NAME` for each package."""
    node = environment.lock.nodes[key]
    return node.is_external or store.locate(str(link.parent / link.readlink()) + f"/.spack/{node.name}").exists()
