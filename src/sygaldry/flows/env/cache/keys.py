"""Make, trust, hand out and list the keys that packages are signed and checked with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sygaldry.config.resolve import Resolved
from sygaldry.flows.env.cache.mirrors import has_own_key
from sygaldry.flows.env.environment import Environment, Store
from sygaldry.flows.env.gpg_agent import end_agent
from sygaldry.flows.env.spack import find_spack, give_manifest
from sygaldry.host import files
from sygaldry.model.command import Command, Completed
from sygaldry.model.errors import LockError
from sygaldry.model.report import Report
from sygaldry.spack import commands

Run = Callable[[Command], Completed]


@dataclass(frozen=True)
class KeyWish:
    """What is to happen to the keys: nothing but being listed, unless said otherwise."""

    trust: bool = False
    name: str = ""
    mail: str = ""
    trust_file: str = ""
    export: str = ""


def env_cache_keys(environment: Environment, store: Store, resolved: Resolved, run: Run, wish: KeyWish) -> Report:
    """Make a key, trust those of the mirrors, or list them; gpg's agent never outlives it."""
    spack = find_spack(resolved, store, verb="sygaldry env cache keys", wanted=environment.lock.spack)
    for needed in (store.here, store.here / "gpg"):
        files.make_folder(needed)
    if wish.name and has_own_key(store):
        raise LockError(
            "there is a key here already, and with two of them Spack no longer knows which to sign with",
            hint="see it: sygaldry env cache keys; hand its public half out: sygaldry env cache keys --export FILE",
        )
    give_manifest(environment)
    folder = str(environment.folder)
    asked = [commands.create_key(spack, folder, wish.name, wish.mail)] if wish.name else []
    asked += [commands.trust_keys(spack, folder)] if wish.trust else []
    asked += [commands.trust_key_file(spack, folder, wish.trust_file)] if wish.trust_file else []
    asked += [commands.export_keys(spack, folder, wish.export)] if wish.export else []
    try:
        for command in asked:
            _done(run, command)
        listed = _done(run, commands.list_keys(spack, folder)).out
    finally:
        end_agent(spack, run)
    lines = tuple(line.rstrip() for line in listed.splitlines() if line.strip())
    return Report({"keys": list(lines)}, lines, () if lines else ("there are no keys yet: --create NAME --mail MAIL",))


def _done(run: Run, command: Command) -> Completed:
    done = run(command)
    if not done.ok:
        raise commands.failure(done, "the keys could not be changed")
    return done
