"""Judge what a manifest takes from elsewhere: locks of other environments, and includes that only Spack reads."""

from __future__ import annotations

from dataclasses import dataclass

from sygaldry.flows.env.environment import Environment
from sygaldry.model.errors import SygaldryError
from sygaldry.spack.lock import Lock

_OF_SPACK = ("$spack/", "${spack}/")  # belongs to the pinned Spack, whose version is compared


@dataclass(frozen=True)
class Inputs:
    """Which of them changed after the lock was made, and which could not be compared."""

    changed: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def compare_inputs(environment: Environment) -> Inputs:
    """Compare the locks of included environments; what is at an address or under a condition stays unknown."""
    manifest, roots = environment.manifest, set(environment.lock.roots.values())
    locks = {name: _included_lock(environment, name) for name in manifest.included_locks}
    changed = [name for name, lock in locks.items() if lock and not set(lock.roots.values()) <= roots]
    unknown = [name for name, lock in locks.items() if lock is None]
    unknown += [each for each in manifest.unread if not each.startswith(_OF_SPACK)]
    return Inputs(tuple(changed), tuple(unknown))


def _included_lock(environment: Environment, name: str) -> Lock | None:
    """Load the lock of an included environment, named as in `include_concrete`; None if it cannot be read here."""
    named = environment.spack_root / "var" / "spack" / "environments" / name
    folder = environment.locate(name)
    if folder is None or not folder.is_dir():
        folder = named
    try:
        return Environment(folder, environment.spack_root).lock
    except SygaldryError:
        return None
