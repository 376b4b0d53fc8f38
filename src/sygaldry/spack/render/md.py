"""DEPENDENCY_GRAPH.md: what is in a lock, for people who review it."""

from __future__ import annotations

from typing import Final

from sygaldry.spack.graph import closure, summary, users
from sygaldry.spack.lock import Lock, Node
from sygaldry.spack.reachability import below
from sygaldry.spack.render import About, Render


def _markdown(lock: Lock, about: About) -> str:
    lines = [
        f"# Dependency graph of {about.title}",
        "",
        "Made from `spack.lock` by `sygaldry env graph --format md`; do not edit.",
        "",
        *_counts(lock),
        *_roots(lock),
        *_externals(lock),
        *_duplicates(lock),
        *_chain(lock),
        *_most_used(lock),
        *_packages(lock, about),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _counts(lock: Lock) -> list[str]:
    found = summary(lock)
    sample = (lock.to_install or lock.externals)[0]
    return [
        (
            f"{found.packages} packages for {sample.os}, {sample.target}: {found.to_build} to build or fetch, "
            f"{found.externals} the machine's own. {found.needed_to_run} are needed to run, {found.build_only} only to "
            f"build. {_made_by(lock)}"
        ),
        "",
    ]


def _made_by(lock: Lock) -> str:
    return (
        f"Locked by Spack {lock.spack}." if lock.spack else f"Lock format {lock.format}, by a Spack of unknown version."
    )


def _roots(lock: Lock) -> list[str]:
    rows = []
    runs = below(lock, to_run=True)
    for spec, key in sorted(lock.roots.items()):
        node = lock.nodes[key]
        under = runs.count(key)
        direct = sorted({edge.name for edge in node.edges if edge.is_needed_to_run})
        rows.append(f"| `{spec}` | {node.version} | `{key[:7]}` | {under} | {', '.join(direct) or 'nothing'} |")
    head = ["| Requested | Version | Hash | Needs | Directly |", "| --- | --- | --- | --- | --- |"]
    return ["## Roots", "", *head, *rows, ""]


def _externals(lock: Lock) -> list[str]:
    rows = [f"| {node.name} | {node.version} | `{node.prefix}` |" for node in lock.externals]
    return ["## Taken from the machine", "", "| Package | Version | Prefix |", "| --- | --- | --- |", *rows, ""]


def _duplicates(lock: Lock) -> list[str]:
    found = summary(lock).duplicates
    rows = [f"- {name}: {', '.join(versions)}" for name, versions in found.items()]
    return ["## More than once", "", *(rows or ["Nothing."]), ""]


def _chain(lock: Lock) -> list[str]:
    chain = summary(lock).longest_chain
    return [
        "## Longest chain",
        "",
        f"{len(chain)} steps that cannot happen at the same time:",
        "",
        " → ".join(chain),
        "",
    ]


def _most_used(lock: Lock) -> list[str]:
    used = users(lock)
    most = sorted(lock.nodes, key=lambda key: (-len(used[key]), lock.nodes[key].label))[:10]
    rows = [f"| {lock.nodes[key].label} | {len(used[key])} |" for key in most]
    return ["## Most used", "", "| Package | Used directly by |", "| --- | --- |", *rows, ""]


def _packages(lock: Lock, about: About) -> list[str]:
    runs = closure(lock, lock.roots.values(), to_run=True)
    nodes = sorted(lock.nodes.values(), key=lambda node: (node.label, node.hash))
    head = ["| Package | Version | Hash | Use | Licence |", "| --- | --- | --- | --- | --- |"]
    rows = [
        f"| {node.name} | {node.version} | `{node.hash[:7]}` | {_use(node, node.hash in runs)} "
        f"| {about.license_of(node) or 'not declared'} |"
        for node in nodes
    ]
    return ["## Every package", "", *head, *rows, ""]


def _use(node: Node, runs: bool) -> str:
    return "external" if node.is_external else "run" if runs else "build"


RENDER: Final[Render] = _markdown
