"""Compare two locks of a project: what was added, removed or changed, and the fact that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sygaldry.lockfile.lock import KINDS, Entry, ProjectLock

_ABSENT = "(absent)"
_SHORTENED = 60


@dataclass(frozen=True)
class Change:
    """One entry that differs: the facts map a name to its value before and after; empty is absent."""

    kind: str
    name: str
    action: str  # added, removed or changed
    facts: tuple[tuple[str, str, str], ...] = ()

    def lines(self) -> Iterator[str]:
        """Format one line for the entry, and one for each fact that changed."""
        sign = {"added": "+", "removed": "-", "changed": "~"}[self.action]
        yield f"{sign} {self.kind} {self.name}"
        if self.action == "changed":
            for name, old, new in self.facts:
                yield from _fact_lines(name, old, new)


def difference(old: ProjectLock, new: ProjectLock, kinds: tuple[str, ...] = tuple(KINDS)) -> tuple[Change, ...]:
    """Return the changes, in the order of the lock."""
    found = []
    for kind in kinds:
        before, after = old.of(kind), new.of(kind)
        for name in sorted(before.keys() | after.keys()):
            change = _change(kind, name, before.get(name), after.get(name))
            found += [change] if change else []
    return tuple(found)


def _change(kind: str, name: str, old: Entry | None, new: Entry | None) -> Change | None:
    if old is None or new is None:
        return Change(kind, name, "added" if old is None else "removed")
    names = sorted(old.facts.keys() | new.facts.keys())
    facts = tuple(
        (each, old.facts.get(each, ""), new.facts.get(each, ""))
        for each in names
        if old.facts.get(each) != new.facts.get(each)
    )
    return Change(kind, name, "changed", facts) if facts else None


def _fact_lines(name: str, old: str, new: str) -> Iterator[str]:
    if name == "roots":
        before, after = set(old.split()), set(new.split())
        yield from (f"    - root {each}" for each in sorted(before - after))
        yield from (f"    + root {each}" for each in sorted(after - before))
        return
    yield f"    {name}: {_short(old)} -> {_short(new)}"


def _short(text: str) -> str:
    if not text:
        return _ABSENT
    return text if len(text) <= _SHORTENED else f"{text[:_SHORTENED]}..."
