"""Push everything of a lock that is installed into a build cache."""

from __future__ import annotations

from collections.abc import Callable

from sygaldry.config.resolve import Resolved
from sygaldry.flows.env.cache.mirrors import named_mirror
from sygaldry.flows.env.environment import Environment, Store
from sygaldry.flows.env.gpg_agent import stop_gpg_agent
from sygaldry.flows.env.spack import find_spack, without_aws_cli, write_manifest
from sygaldry.flows.env.store import load_database
from sygaldry.model.command import Command, Completed
from sygaldry.model.errors import NotFoundError
from sygaldry.model.report import Report
from sygaldry.spack import commands

Run = Callable[[Command], Completed]


def env_cache_push(environment: Environment, store: Store, name: str, resolved: Resolved, run: Run) -> Report:
    """Push everything of the lock that is installed."""
    mirror = named_mirror(environment, name)
    spack = find_spack(
        resolved, store, environment, verb=f"env cache push --to {mirror.name}", wanted=environment.lock.required_spack
    )
    database = load_database(environment, store)
    keys = [node.hash for node in environment.lock.to_install if node.hash in database]
    if not keys:
        raise NotFoundError(
            f"nothing of {environment.name} is installed", hint=f"build it first: {environment.build_command}"
        )
    write_manifest(environment)
    pusher = without_aws_cli(spack, mirror, store)
    done = run(commands.push(pusher, str(environment.folder), mirror.name, keys, signed=mirror.checks_signatures))
    if mirror.checks_signatures:
        stop_gpg_agent(spack, run)
    if not done.ok:
        raise commands.failure(done, f"could not push to {mirror.name}")
    return Report({"mirror": mirror.name, "pushed": len(keys)}, (f"{len(keys)} packages are in {mirror.name}",))
