"""Report whether an environment's source, lock, recipes, Spack, store and view belong together, without a solver."""

from __future__ import annotations

from pathlib import Path

from sygaldry.config.resolve import Resolved
from sygaldry.flows.env.environment import (
    find_store,
    load_environment,
)
from sygaldry.flows.env.orphans import orphans
from sygaldry.flows.env.parts import Part, lock_parts, store_parts
from sygaldry.flows.env.spread.show import spread_parts
from sygaldry.model.errors import StorageError
from sygaldry.model.report import Report
from sygaldry.spack.lock import canonical

_STATES = {"in sync": "good", "ok": "good", "behind": "bad", "unknown": "unknown", "absent": "warning"}


def env_status(word: str, resolved: Resolved, workspace: Path) -> Report:
    """Compare everything that can be compared by reading; exit code 1 when something is behind."""
    environment = load_environment(word, resolved, workspace, needs_consent=False)
    recipes = Path(resolved.settings.spack_recipes)
    parts = [*lock_parts(environment, recipes)]
    try:
        store = find_store(resolved, workspace)
        parts += store_parts(environment, store)
        parts += spread_parts(environment, store)
        lost = tuple(each.describe() for each in orphans(environment, store))
        parts += [Part("orphans", "behind", "killed builds left processes running", "", lost)] if lost else []
    except StorageError as error:
        parts.append(Part("store", "unknown", error.problem, error.hint))
    behind = [part for part in parts if part.state == "behind"]
    lock = environment.lock
    unknown = [part for part in parts if part.state == "unknown"]
    absent = [part.name for part in parts if part.state == "absent"]
    head = _head(behind, unknown)
    return Report(
        {
            "environment": str(environment.folder),
            "in_sync": not behind and not unknown,
            "packages": len(lock.nodes),
            "lock": canonical(lock),
            "parts": {
                part.name: {"state": part.state, "finding": part.summary, "next": part.next, "details": part.details}
                for part in parts
            },
        },
        (
            f"{head}: {environment.folder} ({len(lock.nodes)} packages)"
            + (f"; not on this machine: {', '.join(absent)}" if absent else ""),
            *_lines(parts),
        ),
        exit_code=1 if behind or unknown else 0,
        states=_STATES,
    )


def _head(behind: list[Part], unknown: list[Part]) -> str:
    """Name what is behind, else what could not be compared: only what was compared is in sync."""
    if behind:
        return "behind: " + ", ".join(part.name for part in behind)
    return "unknown: " + ", ".join(part.name for part in unknown) if unknown else "in sync"


def _lines(parts: list[Part]) -> list[str]:
    lines = []
    for part in parts:
        lines.append(f"  {part.name:8} {part.state:8} {part.summary}" + (f"; type: {part.next}" if part.next else ""))
        lines += [f"           {each}" for each in part.details[:10]]
        if len(part.details) > 10:
            lines.append(f"           … and {len(part.details) - 10} more")
    return lines
