"""Look after the build caches of an environment: what they have, what they lack and why, pushing and keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sygaldry.config.resolve import Resolved
from sygaldry.discovery import nearest
from sygaldry.flows._caches import Fetch, ask_caches, mirrors_of, signature_problem
from sygaldry.flows._environment import MANIFEST, Environment, Store
from sygaldry.flows._spack import find_spack
from sygaldry.flows._store import load_database
from sygaldry.host import files
from sygaldry.model.command import Command, Completed
from sygaldry.model.errors import NotFoundError
from sygaldry.model.report import Report
from sygaldry.spack import commands
from sygaldry.spack.buildcache import Mirror
from sygaldry.spack.database import installed_of

if TYPE_CHECKING:
    from sygaldry.model.report import Json

Run = Callable[[Command], Completed]

_NONE = "write one into spack_src.yaml: mirrors: {team: {url: file:///folder, signed: true, autopush: true}}"
_MOST_REASONS = 20


def cache_list(environment: Environment) -> Report:
    """List the mirrors in the order in which they are asked."""
    mirrors = mirrors_of(environment)
    lines = [f"{each.name:12} {each.kind:5} {_manner(each):28} {each.url}" for each in mirrors]
    data: list[Json] = [
        {"name": each.name, "url": each.url, "kind": each.kind, "signed": each.signed} for each in mirrors
    ]
    return Report({"mirrors": data}, tuple(lines), () if mirrors else (f"there is no build cache; {_NONE}",))


def cache_status(environment: Environment, store: Store, fetch: Fetch) -> Report:
    """Count hits and tell the reasons of misses; exit code 1 when something would have to be built."""
    lock = environment.lock
    caches = ask_caches(environment, store, fetch)
    installed = installed_of(lock, load_database(environment, store))
    have = frozenset().union(*(each.hashes for each in caches)) if caches else frozenset()
    missing = [node for node in lock.to_install if node.hash not in have]
    lines = []
    for each in caches:
        rate = f"{len(each.hashes)} of {len(lock.to_install)}"
        lines.append(f"{each.mirror.name}: {each.problem or rate} ({each.mirror.url})")
    for node in missing[:_MOST_REASONS]:
        why = next((each.reasons[node.hash] for each in caches if node.hash in each.reasons), "no cache was asked")
        lines.append(f"  {node.label} /{node.hash[:7]}: {why}" + (", installed here" if node.hash in installed else ""))
    if len(missing) > _MOST_REASONS:
        lines.append(f"  … and {len(missing) - _MOST_REASONS} more")
    problems = [signature_problem(each.mirror, store) for each in caches if each.hashes]
    return Report(
        {
            "mirrors": {each.mirror.name: {"hits": len(each.hashes), "problem": each.problem} for each in caches},
            "hits": len(have),
            "of": len(lock.to_install),
            "missing": [node.label for node in missing],
        },
        tuple(lines),
        tuple(filter(None, problems)) if caches else (f"there is no build cache; {_NONE}",),
        exit_code=1 if missing else 0,
    )


def cache_push(environment: Environment, store: Store, name: str, resolved: Resolved, run: Run) -> Report:
    """Push everything of the lock that is installed."""
    mirror = _named(environment, name)
    spack = find_spack(resolved, store, verb="sygaldry env cache push", wanted=environment.lock.spack)
    database = load_database(environment, store)
    keys = [node.hash for node in environment.lock.to_install if node.hash in database]
    if not keys:
        raise NotFoundError(
            f"nothing of {environment.name} is installed", hint=f"build it first: cd {environment.folder} && ./build.sh"
        )
    _with_manifest(environment)
    done = run(commands.push(spack, str(environment.folder), mirror.name, keys, signed=mirror.signed))
    if mirror.signed:
        run(commands.end_agent(spack))
    if not done.ok:
        raise commands.failure(done, f"could not push to {mirror.name}")
    return Report({"mirror": mirror.name, "pushed": len(keys)}, (f"{len(keys)} packages are in {mirror.name}",))


@dataclass(frozen=True)
class KeyWish:
    """What is to happen to the keys: nothing but being listed, unless said otherwise."""

    trust: bool = False
    name: str = ""
    mail: str = ""


def cache_keys(environment: Environment, store: Store, resolved: Resolved, run: Run, wish: KeyWish) -> Report:
    """Make a key, trust those of the mirrors, or list them; gpg's agent never outlives it."""
    spack = find_spack(resolved, store, verb="sygaldry env cache keys", wanted=environment.lock.spack)
    for needed in (store.here, store.here / "gpg"):
        files.make_folder(needed)
    _with_manifest(environment)
    folder = str(environment.folder)
    asked = [commands.create_key(spack, folder, wish.name, wish.mail)] if wish.name else []
    asked += [commands.trust_keys(spack, folder)] if wish.trust else []
    try:
        for command in asked:
            _done(run, command)
        listed = _done(run, commands.list_keys(spack, folder)).out
    finally:
        run(commands.end_agent(spack))
    lines = tuple(line.rstrip() for line in listed.splitlines() if line.strip())
    return Report({"keys": list(lines)}, lines, () if lines else ("there are no keys yet: --create NAME --mail MAIL",))


def _done(run: Run, command: Command) -> Completed:
    done = run(command)
    if not done.ok:
        raise commands.failure(done, "the keys could not be changed")
    return done


def _named(environment: Environment, name: str) -> Mirror:
    mirrors = {each.name: each for each in mirrors_of(environment) if each.binary}
    if not mirrors:
        raise NotFoundError(f"{environment.name} has no build cache", hint=_NONE)
    if not name and len(mirrors) == 1:
        return next(iter(mirrors.values()))
    if name not in mirrors:
        meant = nearest(name, tuple(mirrors))
        raise NotFoundError(
            f"no build cache is called {name!r}" if name else "there are several build caches",
            hint=f"did you mean {meant!r}?" if meant else f"name one of: {', '.join(mirrors)}",
        )
    return mirrors[name]


def _with_manifest(environment: Environment) -> None:
    """Give Spack the spack.yaml that it wants."""
    path = environment.folder / MANIFEST
    if environment.source != path and files.read_if_there(path) != environment.source_text:
        files.replace(path, environment.source_text, 0o644)


def _manner(mirror: Mirror) -> str:
    words = ["signed" if mirror.signed else "unsigned", *(["pushed to while building"] if mirror.autopush else [])]
    return ", ".join(words)
