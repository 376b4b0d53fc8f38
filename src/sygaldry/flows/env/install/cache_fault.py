"""Say which package a build cache promised and did not give, and why, where that can be found out."""

from __future__ import annotations

import re
from hashlib import file_digest
from pathlib import Path

from sygaldry.flows.env.environment import Store
from sygaldry.flows.env.install.plan import Prepared
from sygaldry.host import files
from sygaldry.model.errors import BuildError
from sygaldry.spack import commands
from sygaldry.spack.buildcache import archive_blob, entry_path
from sygaldry.spack.lock import Node
from sygaldry.spack.mirrors import Kind, Mirror
from sygaldry.spack.output import trouble

_REFUSED = re.compile(r"Failed to install (\S+) due to InstallError: No binary found")


def broken_promise(prepared: Prepared, said: str, log: Path) -> BuildError:
    """Stop where a cache does not give what it promises: building it all instead would take hours unasked."""
    lock, cached = prepared.environment.lock, prepared.plan.cached
    names = set(_REFUSED.findall(said))
    found = [(lock.nodes[key], name) for key, name in cached.items() if lock.nodes[key].name in names]
    mirrors = {each.mirror.name: each.mirror for each in prepared.caches}
    for node, name in found:
        why = _fault(mirrors[name], node, prepared.store)
        return BuildError(
            f"{node.label}: {name} has it, but {why}",
            hint=f"have its owner push it again (spack buildcache push --force), take {name} out of `mirrors:`, or "
            f"build without any cache: --no-cache; what Spack said: {log}",
        )
    todo = commands.hint_of(said) or "trust its keys: sygaldry env cache keys --trust"
    return BuildError(
        f"a build cache has packages that Spack would not take: {trouble(said).sentence or 'see its log'}",
        hint=f"{todo}; or build all: --no-cache; what Spack said: {log}",
    )


def _fault(mirror: Mirror, node: Node, store: Store) -> str:
    """Look at the archive where that costs nothing; elsewhere both causes are told."""
    altered = "its archive is not what its manifest says: it was altered or cut short after it was pushed"
    if mirror.kind is not Kind.FILE:
        return f"it could not be fetched, or {altered}"
    folder = store.locate(mirror.path)
    blob = archive_blob(files.read_if_there(folder / entry_path(node)) or "")
    if blob is None or not (folder / blob.path).is_file():
        return "its archive is not there"
    with (folder / blob.path).open("rb") as archive:
        return altered if file_digest(archive, "sha256").hexdigest() != blob.digest else "Spack would not take it"
