"""Gather the entries of a lock that are known without an engine and without the network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from sygaldry.config.resolve import Resolved
from sygaldry.flows.env.environment import load_environment
from sygaldry.flows.image.pins import ARTIFACTS
from sygaldry.flows.image.recipe import context_file, recipe_for_base
from sygaldry.flows.lock.project_files import ProjectFiles, read_text
from sygaldry.image.key import key
from sygaldry.layout import layout
from sygaldry.lockfile.lock import RECIPE_FILES, Entry, ProjectLock
from sygaldry.spack.lock import Node

_SHORT_HASH = 7


def static_entries(
    resolved: Resolved, workspace: str, found: ProjectFiles, known: ProjectLock | None = None
) -> Iterator[Entry]:
    """Yield what the settings and the files of a workspace determine. Raises LockError for a damaged spack.lock.

    A spack.lock whose digest `known` has is not read again: that takes most of the time of a comparison.
    """
    environments = known.of("environment") if known else {}
    yield _image(resolved)
    yield from _artifacts(resolved)
    for folder in found.environments:
        yield _environment(resolved, workspace, folder, environments.get(folder))
    for path in found.python_locks:
        text = read_text(f"{workspace}/{path}")
        yield Entry("python", path, {"sha256": _digest(text)})


def _image(resolved: Resolved) -> Entry:
    settings = resolved.settings
    facts = {
        "base": settings.base_image,
        "recipe": key(recipe_for_base(settings, "")),
        "toolchains": " ".join(sorted(settings.toolchains)) or "none",
    }
    if settings.packages:
        facts["packages"] = " ".join(sorted(settings.packages))
    return Entry("image", settings.image, facts)


def _artifacts(resolved: Resolved) -> Iterator[Entry]:
    """Yield every download that the image may take, of both architectures: a lock holds for all machines."""
    content = json.loads(context_file(resolved.settings, layout().container, ARTIFACTS))
    for name, versions in content["artifacts"].items():
        for version, architectures in versions.items():
            for architecture, pin in architectures.items():
                facts = {"sha256": str(pin["sha256"]), "url": str(pin["url"])}
                yield Entry("artifact", f"{name} {version} {architecture}", facts)


def _environment(resolved: Resolved, workspace: str, folder: str, known: Entry | None) -> Entry:
    environment = load_environment(str(Path(workspace, folder)), resolved, Path(workspace), needs_consent=False)
    digest = _digest(read_text(str(environment.lock_path)))
    if known is not None and known.facts.get("lock") == digest:
        facts = {name: known.facts.get(name, "") for name in ("lock", "packages", "roots")}
    else:
        lock = environment.lock
        roots = sorted(_root(lock.nodes[each]) for each in set(lock.roots.values()))
        facts = {"lock": digest, "packages": str(len(lock.nodes)), "roots": " ".join(roots)}
    if environment.has_source:
        facts["manifest"] = environment.source_digest
    if made := environment.provenance:
        facts |= {"spack": made.spack_commit, "recipes": made.recipes_commit}
        if known is None or RECIPE_FILES in known.facts:  # a lock of an earlier version is not out of date for that
            facts[RECIPE_FILES] = _digest("".join(f"{name} {each}\n" for name, each in sorted(made.recipes.items())))
    return Entry("environment", folder, facts)


def _root(node: Node) -> str:
    return f"{node.label}/{node.hash[:_SHORT_HASH]}"


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
