"""Build caches before and during a build: notes for the user, reasons to refuse, and the fault of a missing package."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import file_digest
from pathlib import Path

from sygaldry.flows.env.cache.query import unreachable_mirrors
from sygaldry.flows.env.environment import Environment, Store
from sygaldry.host import files
from sygaldry.model.errors import BuildError, LockError, StorageError
from sygaldry.spack import commands
from sygaldry.spack.buildcache import archive_blob, entry_path
from sygaldry.spack.cache_hits import Hits
from sygaldry.spack.lock import Lock, Node
from sygaldry.spack.mirrors import Kind, Mirror
from sygaldry.spack.output import parse_failure
from sygaldry.spack.plan import BuildPlan

_NOT_FOUND = re.compile(r"Failed to install (\S+) due to InstallError: No binary found")


def cache_notes(cache: Hits) -> tuple[str, ...]:
    """List what the user has to know about a cache before a build."""
    if not cache.problem:
        return cache.notes
    name, note = cache.mirror.name, f"{cache.mirror.name}: {cache.problem}"
    if cache.blocks_build or not unreachable_mirrors((cache,)):
        return (note,)
    return (f"{note}; the build continues without {name} and neither fetches nor pushes there",)


def cache_line(cache: Hits) -> str:
    """Format one line of the plan: what a cache has."""
    if cache.problem:
        return f"cache {cache.mirror.name}: not queried ({cache.problem})"
    return f"cache {cache.mirror.name}: has {len(cache.hashes)} of the lock's packages"


def refuse_rejected_packages(caches: Sequence[Hits], plan: BuildPlan, lock: Lock) -> None:
    """Raise LockError where Spack would reject a cached package: it would silently build for hours instead."""
    if not plan.to_build:
        return
    for cache in caches:
        if cache.blocks_build:
            raise LockError(
                f"{cache.mirror.name}: {cache.problem}", hint=f"{cache.hint}; or build without any cache: --no-cache"
            )
        if rejected := [key for key in plan.to_build if key in cache.rejections]:
            rejection, label = cache.rejections[rejected[0]], lock.nodes[rejected[0]].label
            more = f" and {len(rejected) - 1} more" if len(rejected) > 1 else ""
            raise LockError(
                f"Spack would reject {label}{more} from a cache and build from source: {rejection.why}",
                hint=f"{rejection.remedy}; or build without any cache: --no-cache",
            )


def missing_package_error(
    cached: Mapping[Node, Mirror], environment: Environment, store: Store, output: str, log: Path
) -> BuildError:
    """Describe the package that a cache lists and does not deliver: building it instead could take hours."""
    names = set(_NOT_FOUND.findall(output))
    for node, mirror in cached.items():
        if node.name in names:
            name = mirror.name
            return BuildError(
                f"{node.label}: {name} has it, but {_fault(mirror, node, store)}",
                hint=f"ask its owner to push it again (spack buildcache push --force), remove {name} from `mirrors:`, "
                f"or build without any cache: --no-cache; Spack's output: {log}",
            )
    todo = commands.hint_of(output) or f"trust its keys: {environment.trust_command}"
    return BuildError(
        f"Spack rejected packages of a build cache: {parse_failure(output).sentence or 'see its log'}",
        hint=f"{todo}; or build everything: --no-cache; Spack's output: {log}",
    )


def _fault(mirror: Mirror, node: Node, store: Store) -> str:
    """Check the archive where that is cheap; for a remote cache both possible causes are named."""
    altered = "its archive does not match its manifest: it was altered or truncated after the push"
    if mirror.kind is not Kind.FILE:
        return f"it could not be fetched, or {altered}"
    folder = store.locate(mirror.path)
    try:
        blob = archive_blob(files.read_if_there(folder / entry_path(node)) or "")
        if blob is None:
            return "its archive is missing"
        with (folder / blob.path).open("rb") as archive:
            return altered if file_digest(archive, "sha256").hexdigest() != blob.digest else "Spack rejected it"
    except FileNotFoundError:
        return "its archive is missing"
    except (OSError, StorageError) as error:
        return f"its archive cannot be read: {error.strerror if isinstance(error, OSError) else error.problem}"
