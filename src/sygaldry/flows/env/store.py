"""Read what is installed in a store."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Final

from sygaldry.flows.env.environment import Environment, Store
from sygaldry.host import files
from sygaldry.model.errors import StorageError
from sygaldry.spack import database
from sygaldry.spack.database import Installed, parse_database

# The longest first line of a script on the systems that Spack supports: hooks/sbang.py of Spack 1.1.
_LONGEST_SCRIPT: Final = 127


def install_tree(environment: Environment, store: Store) -> Path:
    """Find where packages are installed: where the manifest says, else the store's own folder."""
    return store.locate(install_tree_inside(environment, store))


def install_tree_inside(environment: Environment, store: Store) -> str:
    """Say where packages are installed as Spack calls it."""
    return environment.manifest.install_tree or f"{store.inside}/install"


def load_database(environment: Environment, store: Store) -> dict[str, Installed]:
    """Load what is installed in a store. What Spack believes to be there and is not, is not.

    An emptied prefix counts as gone: Spack itself leaves out prefixes without this file when it reindexes.
    """
    records = load_records(environment, store)
    return {key: each for key, each in records.items() if _is_there(_proof(store, each))}


def load_records(environment: Environment, store: Store) -> dict[str, Installed]:
    """Load Spack's database as it is; empty if nothing was ever installed."""
    tree = install_tree(environment, store)
    text = files.read_if_there(tree / database.PATH)
    found = {} if text is None else parse_database(text, str(tree / database.PATH))
    return {key: each if each.path else _located(tree, each) for key, each in found.items()}


def is_writable(environment: Environment, store: Store) -> bool:
    """Check whether a build could write here."""
    return not any(_unwritable(each) for each in (environment.folder, *_written(environment, store)))


def check_writable(environment: Environment, store: Store) -> None:
    """Raise StorageError for a store without write access: a build would stop in the middle."""
    if _unwritable(environment.folder):
        raise StorageError(
            f"{environment.folder} cannot be written, and Spack keeps spack.yaml and .spack-env in it",
            hint=f"build from a copy that is yours: cp -r {environment.folder} ~/{environment.name}",
        )
    for folder in _written(environment, store):
        if not (existing := _unwritable(folder)):
            continue
        if os.statvfs(existing).f_flag & os.ST_RDONLY:
            raise StorageError(
                f"the store {store.here} cannot be written: {existing} is on a read-only disk",
                hint=f"mount it writable: findmnt -T {existing}; or another place: SYGALDRY_STORAGE_ROOT=/some/folder",
            )
        raise StorageError(
            f"the store {store.here} cannot be written: {existing} belongs to user {existing.stat().st_uid}, "
            f"and you are {os.geteuid()}",
            hint="build as its owner, or a store of your own: SYGALDRY_STORAGE_ROOT=/some/folder",
        )


def check_length(environment: Environment, store: Store) -> None:
    """Raise StorageError where Spack would fail every package: the path of its script `sbang` has a limit."""
    script = f"{environment.manifest.unpadded_tree or f'{store.inside}/install'}/bin/sbang"
    if len(script) > _LONGEST_SCRIPT:
        raise StorageError(
            f"the path of the store is too long for Spack: {script} has {len(script)} characters, and "
            f"{_LONGEST_SCRIPT} is the limit of a script's first line",
            hint="use a shorter path: SYGALDRY_STORAGE_ROOT=/some/folder, or config:install_tree:root in the manifest",
        )


def _written(environment: Environment, store: Store) -> tuple[Path, ...]:
    """List the folders that every build writes to."""
    tree = install_tree(environment, store)
    stages = (store.locate(each) for each in environment.manifest.stages)
    links = (environment.view_link(store, name) for name in environment.manifest.views)
    views = [link.parent for link in links if link]
    return (store.here, store.own, tree, (tree / database.PATH).parent, *stages, *views)


def _unwritable(folder: Path) -> Path | None:
    """Return the folder that must be written to for this one to exist, if it cannot be."""
    existing = next(
        each for each in (folder, *folder.parents) if os.path.exists(each)
    )  # Path.exists raises where it may not look
    return None if os.access(existing, os.W_OK | os.X_OK) else existing


def _proof(store: Store, installed: Installed) -> Path:
    """Return what proves that a package is there; an external has nothing of Spack's."""
    prefix = store.locate(installed.path)
    return prefix if "external" in installed.spec else prefix / database.SPEC_FILE


def _is_there(path: Path) -> bool:
    """Look for a file; what another user does not let us look at is there."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError):
        return True
    return True


def _located(tree: Path, installed: Installed) -> Installed:
    """Find a package without a path: after a reindex, Spack 1.1.0 forgets to write down where it installs it again."""
    name = f"{installed.name}-{installed.version}-{installed.hash}"
    return replace(installed, path=str(next(tree.glob(f"*/{name}"), tree / name)))
