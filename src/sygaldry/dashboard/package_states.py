"""The state of each package of a lock: installed, cached, building with its phase, failed with its cause, waiting."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from sygaldry import diagnosis, explain
from sygaldry.flows.env.cache.query import query_caches
from sygaldry.flows.env.cache.readers import MirrorClient
from sygaldry.flows.env.install.progress import Worker, workers
from sygaldry.flows.env.spread.show import nodes_of
from sygaldry.flows.env.store import install_tree, load_database
from sygaldry.host.logs import open_log
from sygaldry.host.range_lock import is_held
from sygaldry.model.command import MISSING, Completed
from sygaldry.model.errors import MachineNotReadyError, SygaldryError
from sygaldry.spack import database
from sygaldry.supervisor.safe_files import size_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sygaldry.flows.env.environment import Environment, Store
    from sygaldry.spack.lock import Lock

_RANKS: Final = {"failed": 0, "building": 1, "waiting": 2, "cached": 3, "installed": 4, "external": 5}
_RECENT_S: Final = 7 * 86400.0  # older stages are leftovers
_LARGEST_LOG: Final = 16 << 20
_MOST_CAUSES: Final = 5
# Spack 1.1 notes a package that failed in an empty file of this folder, until the next install clears it.
_FAILURES: Final = ".spack-db/failures"


@dataclass(frozen=True)
class PackageState:
    """One package of a lock."""

    hash: str
    label: str
    state: str
    text: str = ""  # the phase of a build, the cause of a failure

    @property
    def is_quick(self) -> bool:
        """Whether nothing of it has to be compiled."""
        return self.state in ("installed", "external", "cached")

    @property
    def rank(self) -> int:
        return _RANKS[self.state]


def local_cache_hits(environment: Environment, store: Store) -> dict[str, str]:
    """Map the packages that a build cache on this machine has to its name.

    A cache over the network is not queried: a page must not wait for it, and has none of its credentials.
    """
    client = MirrorClient(_no_network, lambda command: Completed(command, MISSING), is_offline=True)
    try:
        caches = query_caches(environment, store, client)
    except (SygaldryError, OSError):
        return {}
    return {key: each.mirror.name for each in caches if not each.problem for key in each.hashes}


def _no_network(*_: object, **__: object) -> bytes:
    raise MachineNotReadyError("the dashboard queries no cache over the network")


def package_states(
    environment: Environment, lock: Lock, store: Store, cached: Mapping[str, str] = MappingProxyType({})
) -> dict[str, PackageState]:
    """Return the state of every package of a lock; nothing is changed and no program is started."""
    tree = install_tree(environment, store)
    installed = load_database(environment, store)
    failed = _failed(tree)
    phases = {each.hash: (each.phase, each.seconds) for each in _workers(environment, store)}
    on_nodes = nodes_of(environment, store)
    locks = str(tree / database.PREFIX_LOCKS)
    found: dict[str, PackageState] = {}
    explained = 0
    for key, node in lock.nodes.items():
        state, text = "waiting", ""
        if node.is_external:
            state, text = "external", "the machine's own"
        elif key in installed:
            state = "installed"
        elif on_nodes.get(key) or is_held(locks, database.lock_offset(key)):
            phase, seconds = phases.get(key, ("", 0.0))
            where = f"on {on_nodes[key]}" if on_nodes.get(key) else ""
            state, text = "building", " ".join((f"{phase} for {seconds:.0f} s" if phase else "", where)).strip()
        elif f"{node.name}-{key}" in failed:
            explained += 1
            state, text = "failed", _cause(environment, store, key) if explained <= _MOST_CAUSES else ""
        elif key in cached:
            state, text = "cached", f"in the build cache {cached[key]}"
        found[key] = PackageState(key, node.label, state, text)
    return found


def _failed(tree: Path) -> frozenset[str]:
    try:
        return frozenset(os.listdir(tree / _FAILURES))
    except OSError:
        return frozenset()


def _workers(environment: Environment, store: Store) -> tuple[Worker, ...]:
    try:
        return workers(environment, store, time.time, time.time() - _RECENT_S)
    except (SygaldryError, OSError):
        return ()


def _cause(environment: Environment, store: Store, key: str) -> str:
    """Return the first line of the cause from the package's own build log, which stays in its stage."""
    roots = [store.locate(each) for each in environment.manifest.stages] or [store.here / "stage"]
    logs = [log for root in roots for log in root.glob(f"**/spack-stage-*-{key}/spack-build-out.txt")]
    for log in logs[:1]:
        if size_of(str(log)) > _LARGEST_LOG:
            return f"see {log}"
        try:
            cause = explain.explain(open_log(str(log), follow_links=False), diagnosis.Facts(1))
        except SygaldryError:
            return ""
        if cause and cause.lines:
            return cause.lines[0].text.strip()[:200]
    return ""
