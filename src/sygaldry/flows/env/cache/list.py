"""List the mirrors of an environment in the order in which they are queried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sygaldry.flows.env.cache.mirrors import mirrors_of, no_cache_hint
from sygaldry.flows.env.environment import Environment
from sygaldry.model.report import Report
from sygaldry.spack.mirrors import Mirror

if TYPE_CHECKING:
    from sygaldry.model.report import Json


def env_cache_list(environment: Environment) -> Report:
    """List the mirrors in the order in which they are queried."""
    mirrors = mirrors_of(environment)
    lines = [f"{each.name:12} {each.kind:5} {_manner(each):28} {each.url}" for each in mirrors]
    data: list[Json] = [
        {"name": each.name, "url": each.url, "kind": each.kind, "signed": each.signed} for each in mirrors
    ]
    return Report(
        {"mirrors": data}, tuple(lines), () if mirrors else (f"there is no build cache; {no_cache_hint(environment)}",)
    )


def _manner(mirror: Mirror) -> str:
    if not mirror.binary:
        return "sources only"
    words = ["signed" if mirror.signed else "unsigned", *(["pushed to while building"] if mirror.autopush else [])]
    return ", ".join(words)
