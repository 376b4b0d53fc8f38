"""Count cache hits of a lock and report the reasons of the misses."""

from __future__ import annotations

from sygaldry.flows.env.cache.mirrors import no_cache_hint
from sygaldry.flows.env.cache.query import query_caches
from sygaldry.flows.env.cache.readers import MirrorClient
from sygaldry.flows.env.environment import Environment, Store
from sygaldry.flows.env.store import load_database
from sygaldry.model.report import Report
from sygaldry.spack.cache_hits import Hits, best_reasons
from sygaldry.spack.database import installed_of

_MOST_REASONS = 20


def env_cache_status(environment: Environment, store: Store, client: MirrorClient) -> Report:
    """Count hits and report the reasons of misses; exit code 1 when something must be built."""
    lock = environment.lock
    caches = query_caches(environment, store, client)
    installed = installed_of(lock, load_database(environment, store))
    have = frozenset().union(*(each.hashes for each in caches)) if caches else frozenset()
    missing = [node for node in lock.to_install if node.hash not in have]
    reasons = best_reasons(caches)
    lines = [_line(each, len(lock.to_install)) for each in caches]
    for node in missing[:_MOST_REASONS]:
        why = reasons.get(node.hash, "no cache could be queried" if caches else "there is no cache")
        lines.append(f"  {node.label} /{node.hash[:7]}: {why}" + (", installed here" if node.hash in installed else ""))
    if len(missing) > _MOST_REASONS:
        lines.append(f"  … and {len(missing) - _MOST_REASONS} more")
    return Report(
        {
            "mirrors": {each.mirror.name: {"hits": len(each.hashes), "problem": each.problem} for each in caches},
            "hits": len(have),
            "of": len(lock.to_install),
            "missing": [node.label for node in missing],
            "reasons": {node.label: reasons[node.hash] for node in missing if reasons.get(node.hash)},
        },
        tuple(lines),
        _notes(environment, caches),
        exit_code=1 if missing else 0,
    )


def _line(each: Hits, of: int) -> str:
    return f"{each.mirror.name}: {each.problem or f'{len(each.hashes)} of {of}'} ({each.mirror.url})"


def _notes(environment: Environment, caches: tuple[Hits, ...]) -> tuple[str, ...]:
    if not caches:
        return (f"there is no build cache; {no_cache_hint(environment)}",)
    notes = [note for each in caches for note in each.notes]
    notes += [f"{each.mirror.name}: {each.hint}" for each in caches if each.hint]
    notes += [f"{each.mirror.name}: {rejection.remedy}" for each in caches for rejection in each.rejections.values()]
    return tuple(dict.fromkeys(notes))
