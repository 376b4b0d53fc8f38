"""Everything that refuses a build: `env build` raises the first reason, and `--dry-run` lists them all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sygaldry.config.resolve import Resolved
from sygaldry.discovery import nearest
from sygaldry.flows.env.cache.mirrors import mirrors_of, no_key_problem
from sygaldry.flows.env.environment import LOCK
from sygaldry.flows.env.install.caches import refuse_rejected_packages
from sygaldry.flows.env.install.plan import BuildContext
from sygaldry.flows.env.parts import pinned_parts
from sygaldry.flows.env.spack import find_spack
from sygaldry.flows.env.store import check_length, check_writable
from sygaldry.model.errors import LockError, MachineNotReadyError, StorageError, SygaldryError, UsageError
from sygaldry.model.finding import Verdict

_MOST_FINDINGS = 3


def refuse_to_build(context: BuildContext, resolved: Resolved) -> None:
    """Raise for anything that would make the build fail or install something else."""
    for refusal in refusals(context, resolved):
        raise refusal


def refusals(context: BuildContext, resolved: Resolved) -> Iterator[SygaldryError]:
    """Yield each reason not to build, the one to fix first at the front."""
    for check in (_names, _spack, _store, _machine, _unproved, _room, _pinned, _caches, _key):
        try:
            check(context, resolved)
        except SygaldryError as error:
            yield error


def _names(context: BuildContext, _resolved: Resolved) -> None:
    environment, accepted = context.environment, context.options.accept_unknown
    if environment.lock_file != LOCK:
        raise UsageError(
            f"Spack installs a lock called {LOCK}, not {environment.lock_file}",
            hint=f"copy it into a folder of its own: mkdir NEW && cp {environment.lock_path} NEW/{LOCK}",
        )
    names = tuple(sorted({node.name for node in environment.lock.externals}))
    for name in sorted(accepted - set(names)):
        meant = nearest(name, names)
        raise UsageError(
            f"--accept-unknown {name}: the lock takes no {name} from the machine",
            hint=f"did you mean {meant!r}?" if meant else f"it takes {', '.join(names)}",
        )


def _spack(context: BuildContext, resolved: Resolved) -> None:
    environment = context.environment
    find_spack(resolved, context.store, environment, verb="env build", wanted=environment.lock.required_spack)


def _store(context: BuildContext, _resolved: Resolved) -> None:
    if context.has_work:
        check_length(context.environment, context.store)
        check_writable(context.environment, context.store)


def _machine(context: BuildContext, _resolved: Resolved) -> None:
    findings = (*context.findings, *context.externals.values())
    bad = [each for each in findings if each.verdict is Verdict.PROBLEM]
    if not bad or context.options.anyway:
        return
    summary = "; ".join(each.summary for each in bad[:_MOST_FINDINGS])
    more = f"; and {len(bad) - _MOST_FINDINGS} more, see --dry-run" if len(bad) > _MOST_FINDINGS else ""
    raise MachineNotReadyError(
        f"this machine does not match the lock: {summary}{more}", hint=f"{bad[0].remedy}; or build anyway: --anyway"
    )


def _unproved(context: BuildContext, _resolved: Resolved) -> None:
    """Refuse a build on something whose version could not be read: it is part of every hash above it."""
    accepted = context.options.accept_unknown
    unknown = {
        name: each
        for name, each in context.externals.items()
        if each.verdict is Verdict.UNKNOWN and name not in accepted
    }
    if not unknown or context.options.anyway or not context.plan.to_build:
        return
    summaries = "; ".join(each.summary for each in unknown.values())
    flags = " ".join(f"--accept-unknown {name}" for name in unknown)
    raise MachineNotReadyError(
        f"cannot prove what the lock takes from this machine: {summaries}",
        hint=f"install it, or accept it unproved: {flags}",
    )


def _room(context: BuildContext, _resolved: Resolved) -> None:
    if context.room.verdict is Verdict.PROBLEM and not context.options.anyway:
        raise StorageError(context.room.summary, hint=f"{context.room.remedy}; or try anyway: --anyway")


def _pinned(context: BuildContext, resolved: Resolved) -> None:
    _, recipes = pinned_parts(context.environment, Path(resolved.settings.spack_recipes))  # _spack judges the other
    if recipes.state == "behind":
        raise LockError(recipes.summary, hint=recipes.next)


def _caches(context: BuildContext, _resolved: Resolved) -> None:
    refuse_rejected_packages(context.caches, context.plan, context.environment.lock)
    if not context.options.only_cache or not context.plan.to_build:
        return
    labels = [context.environment.lock.nodes[key].label for key in context.plan.to_build]
    raise LockError(
        f"{len(labels)} packages are missing from every build cache: {', '.join(labels[:5])}",
        hint=f"see which and why: sygaldry env cache status {context.environment.argument}; or let them be built",
    )


def _key(context: BuildContext, _resolved: Resolved) -> None:
    for mirror in mirrors_of(context.environment) if context.plan.to_build else ():
        if problem := no_key_problem(mirror, context.store):
            raise LockError(
                problem,
                hint=f"make one: sygaldry env cache keys {context.environment.argument} --create NAME --mail MAIL",
            )
