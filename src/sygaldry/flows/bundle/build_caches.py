"""Find the build caches in folders of this machine that the environments of a lock name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sygaldry.config.resolve import Resolved
from sygaldry.flows.env.cache.mirrors import mirrors_of
from sygaldry.flows.env.environment import load_environment
from sygaldry.lockfile.lock import ProjectLock


def build_caches(resolved: Resolved, workspace: str, lock: ProjectLock) -> Iterator[Path]:
    """Yield each folder once. Raises LockError for an environment that cannot be read."""
    seen = set()
    for name in lock.of("environment"):
        environment = load_environment(str(Path(workspace, name)), resolved, Path(workspace), needs_consent=False)
        for mirror in mirrors_of(environment) if environment.has_source else ():
            folder = Path(mirror.path)
            if mirror.binary and mirror.path and folder.is_dir() and folder not in seen:
                seen.add(folder)
                yield folder
