"""Create, trust, export and list the keys that sign and check packages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sygaldry.config.resolve import Resolved
from sygaldry.flows.env.cache.mirrors import has_own_key
from sygaldry.flows.env.environment import Environment, Store
from sygaldry.flows.env.gpg_agent import stop_gpg_agent
from sygaldry.flows.env.spack import find_spack, write_manifest
from sygaldry.host import files
from sygaldry.model.command import Command, Completed
from sygaldry.model.errors import LockError
from sygaldry.model.report import Report
from sygaldry.spack import commands

Run = Callable[[Command], Completed]


@dataclass(frozen=True)
class KeyRequest:
    """The requested change to the keys; by default they are only listed."""

    trust: bool = False
    name: str = ""
    mail: str = ""
    trust_file: str = ""
    export: str = ""


def env_cache_keys(environment: Environment, store: Store, resolved: Resolved, run: Run, request: KeyRequest) -> Report:
    """Create a key, trust the mirrors' keys, or list them; gpg's agent never outlives the call."""
    spack = find_spack(resolved, store, environment, verb="env cache keys", wanted=environment.lock.required_spack)
    for needed in (store.here, store.here / "gpg"):
        files.make_folder(needed)
    if request.name and has_own_key(store):
        raise LockError(
            "a signing key exists already; with two keys Spack cannot choose one",
            hint=f"list it: sygaldry env cache keys {environment.argument}; export its public half: "
            f"sygaldry env cache keys {environment.argument} --export FILE",
        )
    write_manifest(environment)
    folder = str(environment.folder)
    commands_to_run = [commands.create_key(spack, folder, request.name, request.mail)] if request.name else []
    commands_to_run += [commands.trust_keys(spack, folder)] if request.trust else []
    commands_to_run += [commands.trust_key_file(spack, folder, request.trust_file)] if request.trust_file else []
    commands_to_run += [commands.export_keys(spack, folder, request.export)] if request.export else []
    try:
        for command in commands_to_run:
            _run_checked(run, command)
        listed = _run_checked(run, commands.list_keys(spack, folder)).out
    finally:
        stop_gpg_agent(spack, run)
    lines = tuple(line.rstrip() for line in listed.splitlines() if line.strip())
    return Report({"keys": list(lines)}, lines, () if lines else ("there are no keys yet: --create NAME --mail MAIL",))


def _run_checked(run: Run, command: Command) -> Completed:
    done = run(command)
    if not done.ok:
        raise commands.failure(done, "the command on the keys failed")
    return done
