"""Verify a store against its lock: every prefix, file, permission and library."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path

from sygaldry.flows.env.environment import Environment, Store
from sygaldry.flows.env.package_files import content_damage, inspect_package
from sygaldry.flows.env.store import install_tree, load_records
from sygaldry.host.elf import read_dynamic, system_folders
from sygaldry.host.range_lock import is_held
from sygaldry.model.report import Report
from sygaldry.spack.database import PREFIX_LOCKS, Installed, lock_offset, missing_of
from sygaldry.spack.loader import Loader
from sygaldry.spack.lock import Node
from sygaldry.spack.verify import AllowedFolders, Damage, judge_libraries

_ELF = b"\x7fELF"
_REBUILT = ("not installed", "incomplete")
_NO_DAMAGE = ("not readable",)


def env_verify(environment: Environment, store: Store, *, libraries: bool = True) -> Report:
    """Check everything of the lock that is installed; exit code 1 when something is damaged, missing or incomplete.

    Where nothing is installed, nothing was verified, which is no success either.
    """
    database = load_records(environment, store)
    nodes = [node for node in environment.lock.to_install if node.hash in database]
    found: list[Damage] = []
    moved = 0
    loader = _loader(store)
    for node in nodes:
        inspection = inspect_package(store, node, database[node.hash], content_damage)
        found += inspection.damages
        moved += inspection.is_moved
        if libraries and not any(each.kind == "not readable" for each in inspection.damages):
            found += _libraries(environment, store, node, database[node.hash], loader)
    missing = missing_of(environment.lock, database) if nodes else ()
    found += [_missing(environment.lock.nodes[key]) for key in missing]
    found += _unregistered(environment, store, database)
    building = [each for each in found if each.kind == "being built"]
    found = [each for each in found if each.kind != "being built" and not _is_explained(each, building)]
    is_absent = not nodes and bool(environment.lock.to_install)
    head = f"{len(nodes)} packages checked, {len(found)} problems"
    head += f": nothing of it is installed in {store.here}" if is_absent else ""
    head += f"; {moved} from the cache of another store: files there, contents not compared" if moved else ""
    head += f", {len(building)} being built now" if building else ""
    lines = [
        f"{each.kind}: {each.package}: {each.detail}" + (f" ({each.path})" if each.path else "")
        for each in (*found, *building)
    ]
    build = environment.build_command
    is_damaged = any(each.kind not in (*_REBUILT, *_NO_DAMAGE) for each in found)
    notes = (f"remove the damaged prefix, then: {build}" if is_damaged else f"install it: {build}",)
    return Report(
        {
            "checked": len(nodes),
            "problems": [asdict(each) for each in found],
            "being_built": [each.package for each in building],
        },
        (head, *lines),
        notes if found or is_absent else (),
        exit_code=1 if found or is_absent else 0,
    )


def _is_explained(damage: Damage, building: list[Damage]) -> bool:
    """Whether a package is only missing because it is being built now."""
    return damage.kind == "not installed" and damage.package in {each.package for each in building}


def _loader(store: Store) -> Loader:
    """Return the loader's rules on this machine; many programs share their libraries, so each is read once."""
    return Loader(cache(read_dynamic), lambda path: str(store.locate(path)), system_folders())


def _libraries(
    environment: Environment, store: Store, node: Node, installed: Installed, loader: Loader
) -> Iterator[Damage]:
    """Find the libraries of every program and library of a package, without running any of them."""
    programs = sorted(_programs(store.locate(installed.path)))
    externals = (each.prefix for each in environment.lock.externals if each.prefix != "/usr")
    if node.name == "gcc-runtime":  # a copy of the compiler's own libraries, which are used beside it
        return
    allowed = AllowedFolders((str(store.here), store.inside, *externals, *_provided(environment)))
    needed = (each for program in programs for each in loader.libraries(program))
    yield from judge_libraries(node.label, needed, allowed)


def _provided(environment: Environment) -> tuple[str, ...]:
    """Let libraries come from /usr where the lock takes something other than compilers and the C library from there."""
    names = {each.name for each in environment.lock.externals if each.prefix == "/usr"}
    return ("/usr/lib", "/lib") if names - {"glibc", "gcc", "llvm", "cmake", "gmake"} else ()


def _programs(prefix: Path) -> Iterator[str]:
    for folder, _, names in os.walk(prefix):
        for name in names:
            path = Path(folder, name)
            if ".spack" not in path.parts and not path.is_symlink() and _is_elf(path):
                yield str(path)


def _is_elf(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(18)
    except OSError:
        return False
    # Executables and shared objects (types 2 and 3); relocatable ones need no library.
    return head[:4] == _ELF and head[16:18] in (b"\x02\0", b"\x03\0")


def _missing(node: Node) -> Damage:
    return Damage(node.label, "not installed", "", "the lock needs it to run")


def _unregistered(environment: Environment, store: Store, database: dict[str, Installed]) -> list[Damage]:
    """Find prefixes that Spack's database does not list: one is being built now, or was left by a killed build.

    A build holds the lock of its package, on one byte of Spack's own file; Spack wipes what a killed build left.
    """
    tree = install_tree(environment, store)
    names = {node.directory: node for node in environment.lock.to_install if node.hash not in database}
    found = [path for path in tree.glob("*/*") if path.name in names and path.is_dir()]
    locks = str(tree / PREFIX_LOCKS)
    return [_judge_prefix(names[path.name], path, is_held(locks, lock_offset(names[path.name].hash))) for path in found]


def _judge_prefix(node: Node, path: Path, is_being_built: bool) -> Damage:
    if is_being_built:
        return Damage(node.label, "being built", str(path), "another build is working on it now")
    return Damage(node.label, "incomplete", str(path), "a build was interrupted here; the next build starts it again")
