"""An environment with the state of each package of its lock, from Spack's database, its locks and its stages."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sygaldry.dashboard.package_states import PackageState, local_cache_hits, package_states
from sygaldry.flows.env.environment import LOCK, MANIFEST, SOURCE, Store, load_environment
from sygaldry.flows.env.install.plan import HISTORY, load_history
from sygaldry.flows.env.status import env_status
from sygaldry.model.errors import SygaldryError
from sygaldry.model.value import replace
from sygaldry.spack.estimates import estimate
from sygaldry.spack.graph import order
from sygaldry.spack.render._layout import BOX, INSET, Layout, compute_layout, label_width

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sygaldry.config.resolve import Resolved
    from sygaldry.dashboard.measured import Cache
    from sygaldry.dashboard.projects import Project
    from sygaldry.spack.lock import Lock

_STATUS_S: Final = 30.0
_STATES_S: Final = 2.0
_CACHED_S: Final = 60.0
_SAME_SPEED: Final = 1.0  # the estimate of a page need not measure this machine
_MOST: Final = 100  # environments of a project


@dataclass(frozen=True)
class Box:
    """A package's box in the picture."""

    state: PackageState
    x: float
    y: float
    width: float
    text_width: float


@dataclass(frozen=True)
class Chain:
    """The packages that cannot be built at the same time, and how long they take; 0 if that is not known."""

    keys: tuple[str, ...]
    labels: tuple[str, ...]
    seconds: float
    unknown: int  # packages without an estimate


@dataclass(frozen=True)
class EnvironmentView:
    """An environment as its page shows it."""

    status: Mapping[str, Any]
    trouble: str
    states: tuple[PackageState, ...]
    boxes: tuple[Box, ...] = ()
    lines: tuple[tuple[str, str, str], ...] = ()  # from, to, path
    width: float = 0
    height: float = 0
    chain: Chain | None = None

    @property
    def critical(self) -> frozenset[str]:
        """The hashes of the packages on the critical path."""
        return frozenset(self.chain.keys) if self.chain else frozenset()

    @property
    def critical_edges(self) -> frozenset[tuple[str, str]]:
        return frozenset(pairwise(self.chain.keys)) if self.chain else frozenset()

    @property
    def earliest_end(self) -> str:
        """When a build that runs can end at the earliest, as a time of day in UTC; empty if nothing is built."""
        if self.chain is None or not self.chain.seconds or not self.counts.get("building"):
            return ""
        return time.strftime("%H:%M", time.gmtime(time.time() + self.chain.seconds))

    @property
    def counts(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for each in self.states:
            found[each.state] = found.get(each.state, 0) + 1
        return found


def environments_of(project: Project) -> dict[str, Path]:
    """Map the names of a project's environments to their folders: those in `pkg/` of its workspaces."""
    found: dict[str, Path] = {}
    for workspace in project.workspaces:
        for folder in sorted(Path(workspace, "pkg").glob("*")):
            has_any = any((folder / name).is_file() for name in (LOCK, SOURCE, MANIFEST))
            if has_any and len(found) < _MOST:
                found.setdefault(folder.name, folder)
    return found


def load_environment_view(resolved: Resolved, cache: Cache, project: Project, folder: Path) -> EnvironmentView:
    """Read an environment; a part that cannot be read is left out, with the reason."""
    settings = replace(
        resolved.settings, storage_root=project.storage.root, project_id=project.id, workspace=str(folder.parents[1])
    )
    here = replace(resolved, settings=settings)
    name = f"{project.id}/{folder}"
    try:
        environment = load_environment(str(folder), here, folder.parents[1], needs_consent=False)
        lock: Lock = cache.get(f"lock {name}", lambda: environment.lock, _STATUS_S).answer
        layout = cache.get(f"layout {name}", lambda: compute_layout(lock), _STATUS_S * 20).answer
        store = Store(Path(project.storage.at("spack_store")))
        cached = cache.get(f"cached {name}", lambda: local_cache_hits(environment, store), _CACHED_S).answer
        states = cache.get(f"states {name}", lambda: package_states(environment, lock, store, cached), _STATES_S).answer
    except (SygaldryError, OSError) as error:
        return EnvironmentView({}, getattr(error, "problem", str(error)), ())
    status, trouble = _status(here, cache, folder)
    boxes, lines = _drawn(lock, layout, states) if set(layout.places) == set(states) else ((), ())
    ordered = tuple(sorted(states.values(), key=lambda each: (each.rank, each.label)))
    chain = _remaining_chain(lock, store, states)
    return EnvironmentView(status, trouble, ordered, boxes, lines, layout.width, layout.height, chain)


def _status(resolved: Resolved, cache: Cache, folder: Path) -> tuple[Mapping[str, Any], str]:
    try:
        known = cache.get(f"status {folder}", lambda: env_status(str(folder), resolved, folder.parents[1]), _STATUS_S)
    except (SygaldryError, OSError) as error:
        return {}, getattr(error, "problem", str(error))
    return known.answer.data, ""


def _drawn(
    lock: Lock, layout: Layout, states: Mapping[str, PackageState]
) -> tuple[tuple[Box, ...], tuple[tuple[str, str, str], ...]]:
    boxes = tuple(
        Box(states[key], place.x, place.y, place.width, label_width(lock.nodes[key].label) - 2 * INSET)
        for key, place in sorted(layout.places.items(), key=lambda item: (item[1].x, item[1].y))
    )
    lines = []
    for start, end in layout.edges:
        one, other = layout.places[start], layout.places[end]
        y1, y2 = one.y + BOX / 2, other.y + BOX / 2
        is_column = one.x == other.x
        x1, x2 = (one.x, one.x) if is_column else (one.x + one.width, other.x)
        bend = 16 if is_column else min((x2 - x1) / 2, 60)
        first, last = x1 - bend if is_column else x1 + bend, x2 - bend
        lines.append((start, end, f"M{x1:.0f},{y1:.0f}C{first:.0f},{y1:.0f} {last:.0f},{y2:.0f} {x2:.0f},{y2:.0f}"))
    return boxes, tuple(lines)


def _remaining_chain(lock: Lock, store: Store, states: Mapping[str, PackageState]) -> Chain | None:
    """Find the chain of packages that are not installed which takes longest."""
    missing = {key for key, each in states.items() if not each.is_quick}
    if not missing:
        return None
    seconds = estimate(lock, load_history(store, HISTORY), lambda: _SAME_SPEED)
    length: dict[str, tuple[float, int]] = {}
    below: dict[str, str] = {}
    for key in order(lock):
        under = [edge.hash for edge in lock.nodes[key].edges if edge.hash in missing]
        longest = max(under, key=lambda each: (length[each], each), default="")
        base = length[longest] if longest else (0.0, 0)
        if key in missing:
            length[key] = (base[0] + seconds.get(key, 0.0), base[1] + 1)
            below[key] = longest
    key = max(sorted(length), key=lambda each: length[each])
    chain, total = [], length[key][0]
    while key:
        chain.append(key)
        key = below[key]
    return Chain(
        tuple(chain), tuple(lock.nodes[each].label for each in chain), total, sum(each not in seconds for each in chain)
    )
