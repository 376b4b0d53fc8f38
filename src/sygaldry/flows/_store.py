"""Read what is installed in a store."""

from __future__ import annotations

from pathlib import Path

from sygaldry.flows._environment import Environment, Store
from sygaldry.host import files
from sygaldry.spack import database
from sygaldry.spack.database import Installed, parse_database


def install_tree(environment: Environment, store: Store) -> Path:
    """Find where packages are installed: where the manifest says, else the store's own folder."""
    return store.locate(environment.manifest.install_tree or f"{store.inside}/install")


def load_database(environment: Environment, store: Store) -> dict[str, Installed]:
    """Load Spack's database of a store; empty if nothing was ever installed."""
    path = install_tree(environment, store) / database.PATH
    text = files.read_if_there(path)
    return {} if text is None else parse_database(text, str(path))
