"""What `env status` shows of a build over nodes, on any host that sees the store."""

import time
from pathlib import Path
from typing import Any

from sygaldry.flows.env.environment import Environment, Store
from sygaldry.flows.env.parts import Part
from sygaldry.flows.env.spread.units import Unit, load_units

_FRESH_S = 60.0


def spread_parts(environment: Environment, store: Store) -> tuple[Part, ...]:
    """Return a part for a build over nodes that is running, or whose coordinator is gone while its jobs may run."""
    units, facts = load_units(_state(environment, store))
    if not units:
        return ()
    age_s = _age_s(facts)
    count = f"{facts.get('done')}/{facts.get('total')} installed, {len(units)} being built"
    if isinstance(failed := facts.get("failed"), list) and failed:
        count += f", {len(failed)} failed"
    details = tuple(_line(environment, unit) for unit in units)
    if age_s <= _FRESH_S:
        return (Part("nodes", "ok", f"{count} on {facts.get('host')}'s cluster", "", details),)
    again = f"sygaldry env build {environment.argument} --executor {facts.get('scheduler')}"
    return (Part("nodes", "behind", f"{count}; no sign of its coordinator for {age_s / 60:.0f} min", again, details),)


def nodes_of(environment: Environment, store: Store) -> dict[str, str]:
    """Map the packages that a build over nodes has in work to their nodes; an empty name while a job waits for one.

    What a coordinator left that gives no sign of life proves nothing.
    """
    units, facts = load_units(_state(environment, store))
    return {unit.hash: unit.node for unit in units} if _age_s(facts) <= _FRESH_S else {}


def _age_s(facts: dict[str, Any]) -> float:
    seen = facts.get("time_s")
    return max(0.0, time.time() - seen) if isinstance(seen, (int, float)) else 0.0


def _state(environment: Environment, store: Store) -> Path:
    return store.own / "spread" / environment.name / "state.json"


def _line(environment: Environment, unit: Unit) -> str:
    node = environment.lock.nodes.get(unit.hash)
    label = node.label if node else unit.hash
    where = f" on {unit.node}" if unit.node else ", waiting"
    return f"{label}{where}" + (f", try {unit.tries}" if unit.tries > 1 else "")
