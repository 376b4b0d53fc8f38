"""Expand the spec lists of a manifest, definitions and matrices included, and compare specs by meaning.

https://spack.readthedocs.io/en/v1.1.0/environments.html#spec-list-references
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

from sygaldry.model.errors import LockError

MOST_SPECS: Final = 20_000  # a matrix of a hostile manifest must not fill the memory
_DEEPEST = 20
_REFERENCE = re.compile(r"\$([%^]?)(?:\{(\w[\w-]*)\}|(\w[\w-]*))")
_DEPENDENCY = re.compile(r"[%^]")
_VIRTUALS = re.compile(r"virtuals=['\"]?([\w,.-]+)['\"]?")
_TOKEN = re.compile(
    r"""(?P<sigil>[%^])(?:\[(?P<edge>[^\]]*)\])?\s*
    | (?P<key>[A-Za-z_][\w.-]*)(?P<equals>:?={1,2})(?P<value>"[^"]*"|'[^']*'|[^\s%^+~]+)
    | (?P<version>@\S*?(?=$|[\s%^+~/]))
    | (?P<switch>\+\+|~~|--|[+~]|(?<!\S)-)\s*(?P<variant>[\w.]+(?:-\w+)*)
    | (?P<hash>/[a-z0-9]+)
    | (?P<name>[\w][\w.,-]*)(?P<is_virtual>=\S+)?
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class SpecList:
    """The specs that a manifest requests; `conditions` are the `when:` clauses that only Spack can evaluate."""

    specs: tuple[str, ...]
    conditions: tuple[str, ...] = ()


def expand(content: Mapping[str, Any], path: str) -> SpecList:
    """Expand `specs` with the definitions; raises LockError for a list that Spack would refuse, too."""
    definitions: dict[str, list[Any]] = {}
    conditions = []
    for each in content.get("definitions") or ():
        if not isinstance(each, dict):
            raise LockError(f"'definitions' in {path} is not a list of named lists", hint="as in: - packages: [zlib]")
        if "when" in each:
            conditions.append(str(each["when"]))
            continue
        for name, value in each.items():
            definitions.setdefault(str(name), []).extend(value if isinstance(value, list) else [value])
    specs = content.get("specs")
    if specs is not None and not isinstance(specs, list):
        raise LockError(f"'specs' in {path} is not a list of specs", hint="one per line, as `- py-numpy@2`")
    found = list(dict.fromkeys(_expanded(specs or [], _Scope(definitions, path, bool(conditions)), 0)))
    if "" in found:
        raise LockError(f"'specs' in {path} holds an empty spec or matrix", hint="one per line, as `- py-numpy@2`")
    return SpecList(tuple(found), tuple(conditions))


def normalize(spec: str) -> str:
    """Write a spec so that two with the same meaning are equal: order, spaces and quotes do not matter."""
    parts: list[list[str]] = [[]]
    virtuals = ""
    for found in _TOKEN.finditer(spec):
        if found["sigil"]:
            virtuals, edge = _edge(found["edge"] or "")
            parts.append([found["sigil"] + edge])
        elif virtuals and found["name"] and not found["is_virtual"]:
            parts[-1].append(f"{virtuals}={found['name']}")
            virtuals = ""
        else:
            parts[-1] += _tokens(found)
    first, *rest = ([part[:1], sorted(part[1:])] for part in parts)
    direct = [set(tail) for head, tail in rest if head[0].startswith("%")]
    # `^gcc %gcc@13` says twice that gcc is below; Spack keeps the stricter one.
    kept = [part for part in rest if part[0] != ["^"] or not any(set(part[1]) <= each for each in direct)]
    return " ".join(" ".join(head + tail) for head, tail in (first, *sorted(kept)))


def is_written_out(requested: Sequence[str], locked: Sequence[str]) -> bool:
    """Whether the roots of a lock are the requested ones, all normalized, with everything that was decided about them.

    Spack before 0.17 recorded them so where an environment was solved together.
    """
    left = [each.split() for each in locked]
    for words in sorted((each.split() for each in requested), key=len, reverse=True):
        fitting = next((each for each in left if each[:1] == words[:1] and set(words) <= set(each)), None)
        if fitting is None:
            return False
        left.remove(fitting)
    return not left


def _edge(attributes: str) -> tuple[str, str]:
    """Take the virtuals out of the attributes of an edge: `^[virtuals=blas] openblas` is also `^blas=openblas`."""
    found = _VIRTUALS.search(attributes)
    left = _VIRTUALS.sub("", attributes).strip()
    return (",".join(sorted(found[1].split(","))) if found else ""), (f"[{left}]" if left else "")


@dataclass(frozen=True)
class _Scope:
    definitions: Mapping[str, Sequence[Any]]
    path: str
    is_partial: bool  # a definition with a condition was left out


def _expanded(items: Sequence[Any], scope: _Scope, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        raise LockError(f"the definitions in {scope.path} refer to themselves", hint="remove the cycle")
    for count, spec in enumerate(_each(items, scope, depth), 1):
        if count > MOST_SPECS:
            raise LockError(f"{scope.path} expands to more than {MOST_SPECS} specs", hint="make its matrices smaller")
        yield spec


def _each(items: Sequence[Any], scope: _Scope, depth: int) -> Iterator[str]:
    for item in items:
        if item is None:
            continue
        if isinstance(item, dict) and isinstance(item.get("matrix"), list):
            yield from _matrix(item, scope, depth)
        elif isinstance(item, str):
            yield from _one(item, scope, depth)
        elif isinstance(item, dict) and "matrix" not in item:
            keys = ", ".join(str(key) for key in item)[:80]
            raise LockError(
                f"'specs' in {scope.path} holds a table of {keys}; Spack 1.1 reads only a matrix there",
                hint="write its specs out, one per line, as `- py-numpy@2`; conditions belong in `definitions:`",
            )
        else:
            raise LockError(f"'specs' in {scope.path} holds {str(item)[:80]!r}", hint="one per line, as `- py-numpy@2`")


def _one(item: str, scope: _Scope, depth: int) -> Iterator[str]:
    """Expand a spec, or the reference that it consists of: `$packages`, `$%compilers`, `$^mpis`."""
    found = _REFERENCE.fullmatch(item.strip())
    if not found:
        yield item.strip()
        return
    sigil, name = found[1], found[2] or found[3]
    if name not in scope.definitions:
        if scope.is_partial:
            return
        raise LockError(f"{scope.path} refers to ${name}, which it does not define", hint="add it to `definitions:`")
    for spec in _expanded(scope.definitions[name], scope, depth + 1):
        yield spec if not sigil or spec.startswith(sigil) else f"{sigil}{spec}"


def _matrix(item: Mapping[str, Any], scope: _Scope, depth: int) -> Iterator[str]:
    rows = [list(_expanded(row if isinstance(row, list) else [row], scope, depth + 1)) for row in item["matrix"]]
    exclude = item.get("exclude") or []
    if not isinstance(exclude, list):
        raise LockError(f"'exclude' of a matrix in {scope.path} is not a list", hint="one spec per line")
    excluded = [set(normalize(str(each)).split()) for each in exclude]
    for combination in product(*rows):
        spec = _joined(combination)
        words = set(normalize(spec).split())
        if not any(each <= words for each in excluded):
            yield spec


def _joined(row: Sequence[str]) -> str:
    """Join the parts of a row as Spack does: what has no `%` or `^` before it is about the package itself."""
    parts = [_DEPENDENCY.search(each) for each in row]
    own = [each[: part.start()] if part else each for each, part in zip(row, parts, strict=True)]
    below = [each[part.start() :] for each, part in zip(row, parts, strict=True) if part]
    return " ".join(each.strip() for each in (*own, *below) if each.strip())


def _tokens(found: re.Match[str]) -> list[str]:
    if found["key"]:
        return _assignment(found["key"], found["value"].strip("\"'"))
    if found["version"]:
        return [found["version"]]
    if found["switch"]:
        return [("+" if "+" in found["switch"] else "~") + found["variant"]]
    return [found["hash"] or found["name"] + (found["is_virtual"] or "")]


def _assignment(key: str, value: str) -> list[str]:
    if key == "arch" and value.count("-") == 2:
        names = zip(("platform", "os", "target"), value.split("-"), strict=True)
        return [f"{name}={each}" for name, each in names if each != "None"]
    return [f"{key}={','.join(sorted(value.split(',')))}"]
