"""Render the graph of a lock, whole or in part, or explain why a package is in it."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sygaldry import discovery
from sygaldry.config.resolve import Resolved
from sygaldry.flows.env.environment import Environment, load_environment
from sygaldry.host import files
from sygaldry.model.report import Report
from sygaldry.spack import render
from sygaldry.spack.graph import closure, find, part, shortest_paths, summary, users
from sygaldry.spack.lock import Lock, Node
from sygaldry.spack.render import About, Render

if TYPE_CHECKING:
    from sygaldry.model.report import Json


@dataclass(frozen=True)
class Cut:
    """Which part of a graph is wanted."""

    root: str = ""
    depth: int | None = None


def env_graph(environment: Environment, format_: str, cut: Cut, output: Path | None) -> Report:
    """Render the graph to a file or as the answer; without a format, count."""
    lock = _cut(environment, cut)
    if not format_:
        return _counted(environment, lock)
    text = render_graph(environment, lock, format_)
    if output is None:
        return Report({"format": format_, "text": text}, (text.rstrip("\n"),))
    files.replace(output, text, 0o644)
    return Report({"format": format_, "file": str(output)}, notes=(f"wrote {output}",))


def render_graph(environment: Environment, lock: Lock, format_: str) -> str:
    """Render with what is known about the environment."""
    record = environment.provenance
    title = f"{environment.folder.parent.name}/{environment.name}"
    licenses, pypi = (record.licenses, record.pypi) if record else ({}, {})
    # https://reproducible-builds.org/docs/source-date-epoch/ : the same lock then gives the same bytes.
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    time = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdigit() and len(epoch) < 11 else datetime.now(UTC)
    about = About(title, licenses, pypi, time.strftime("%Y-%m-%dT%H:%M:%SZ"))
    draw: Render = discovery.get(render, format_, "RENDER")
    return draw(lock, about)


def env_why(word: str, environment: Environment) -> Report:
    """List the direct users of a package and the shortest path to it from every root."""
    lock = environment.lock
    answers = [_why(lock, node) for node in find(lock, word, environment.argument)]
    lines = [line for answer in answers for line in _why_lines(answer)]
    return Report({"packages": answers}, tuple(lines))


def open_environment(word: str, resolved: Resolved, workspace: Path) -> Environment:
    """Find the environment named on the command line."""
    return load_environment(word, resolved, workspace, needs_consent=False)


def _cut(environment: Environment, cut: Cut) -> Lock:
    lock = environment.lock
    if not cut.root and cut.depth is None:
        return lock
    chosen = (
        [node.hash for node in find(lock, cut.root, environment.argument)] if cut.root else list(lock.roots.values())
    )
    return part(lock, chosen, cut.depth)


def _counted(environment: Environment, lock: Lock) -> Report:
    found = summary(lock)
    return Report(
        asdict(found),
        (
            f"{environment.folder}: {found.packages} packages, {found.externals} external, {found.to_build} to build",
            f"{found.needed_to_run} needed to run, {found.build_only} only to build",
            f"longest chain: {len(found.longest_chain)} ({found.longest_chain[0]} … {found.longest_chain[-1]})",
            *(f"more than once: {name} {', '.join(each)}" for name, each in found.duplicates.items()),
        ),
        (f"draw it: sygaldry env graph {environment.argument} --format html --output graph.html",),
    )


def _why(lock: Lock, node: Node) -> dict[str, Json]:
    direct: list[Json] = [
        {
            "package": lock.nodes[key].label,
            "types": sorted(edge.types),
            "virtuals": list(edge.virtuals),
        }
        for key, edge in users(lock)[node.hash]
    ]
    ways: dict[str, Json] = {
        spec: [lock.nodes[key].label for key in path] for spec, path in shortest_paths(lock, node.hash).items()
    }
    runs = node.hash in closure(lock, lock.roots.values(), to_run=True)
    return {"package": node.label, "hash": node.hash, "needed_to_run": runs, "used_by": direct, "roots": ways}


def _why_lines(answer: dict[str, Json]) -> list[str]:
    lines = [f"{answer['package']} /{str(answer['hash'])[:7]}: " + _reason(answer)]
    used_by, roots = answer["used_by"], answer["roots"]
    assert isinstance(used_by, list) and isinstance(roots, dict)  # noqa: S101, PT018 - made above
    for use in used_by[:20]:
        roles = f" as {', '.join(use['virtuals'])}" if use["virtuals"] else ""
        lines.append(f"  used by {use['package']} to {'/'.join(use['types'])}{roles}")
    if len(used_by) > 20:
        lines.append(f"  … and {len(used_by) - 20} more")
    lines += [f"  {' -> '.join(way)}" for way in roots.values() if len(way) > 1]
    return lines


def _reason(answer: dict[str, Json]) -> str:
    used_by, roots = answer["used_by"], answer["roots"]
    assert isinstance(used_by, list) and isinstance(roots, dict)  # noqa: S101, PT018 - made by _why
    requested = next((spec for spec, way in roots.items() if isinstance(way, list) and len(way) == 1), "")
    use = "needed to run" if answer["needed_to_run"] else "only to build"
    return (f"requested as {requested!r}, " if requested else "") + f"{use}, used directly by {len(used_by)} packages"
