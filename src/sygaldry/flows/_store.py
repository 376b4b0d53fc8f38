"""Read what is installed in a store."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sygaldry.flows._environment import Environment, Store
from sygaldry.host import files
from sygaldry.spack import database
from sygaldry.spack.database import Installed, parse_database


def install_tree(environment: Environment, store: Store) -> Path:
    """Find where packages are installed: where the manifest says, else the store's own folder."""
    return store.locate(install_tree_inside(environment, store))


def install_tree_inside(environment: Environment, store: Store) -> str:
    """Say where packages are installed as Spack calls it."""
    return environment.manifest.install_tree or f"{store.inside}/install"


def load_database(environment: Environment, store: Store) -> dict[str, Installed]:
    """Load what is installed in a store. What Spack believes to be there and is not, is not."""
    said = load_records(environment, store)
    return {key: each for key, each in said.items() if store.locate(each.path).is_dir()}


def load_records(environment: Environment, store: Store) -> dict[str, Installed]:
    """Load Spack's database as it is; empty if nothing was ever installed."""
    tree = install_tree(environment, store)
    text = files.read_if_there(tree / database.PATH)
    found = {} if text is None else parse_database(text, str(tree / database.PATH))
    return {key: each if each.path else _located(tree, each) for key, each in found.items()}


def _located(tree: Path, installed: Installed) -> Installed:
    """Find a package without a path: after a reindex, Spack 1.1.0 forgets to write down where it installs it again."""
    name = f"{installed.name}-{installed.version}-{installed.hash}"
    return replace(installed, path=str(next(tree.glob(f"*/{name}"), tree / name)))
