"""Find the recipes of an environment, digest them and read the licences that they declare."""

from __future__ import annotations

from pathlib import Path

from sygaldry.flows.env.environment import Environment
from sygaldry.host import files
from sygaldry.spack.lock import Lock
from sygaldry.spack.provenance import license_of, pypi_of


def recipe_folders(environment: Environment, recipes: Path) -> dict[str, Path]:
    """Map each namespace of recipes to its folder of packages."""
    found = {"builtin": recipes / "repos" / "spack_repo" / "builtin" / "packages"}
    named = {name: environment.locate(path) for name, path in environment.manifest.repos.items()}
    return found | {name: path / "packages" for name, path in named.items() if path}


def recipe_digests(lock: Lock, folders: dict[str, Path]) -> dict[str, str]:
    """Digest the files of every recipe that a lock uses; one that is not there is left out."""
    from hashlib import sha256

    digests = {}
    for name, namespace in sorted(
        {(node.name, str(node.own.get("namespace", "builtin"))) for node in lock.nodes.values()}
    ):
        folder = _recipe(folders.get(namespace, Path("/nonexistent")), name)
        if folder.is_dir():
            checksum = sha256()
            for path in sorted(each for each in folder.rglob("*") if each.is_file() and each.suffix != ".pyc"):
                checksum.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
            digests[name] = checksum.hexdigest()
    return digests


def recipe_licenses(lock: Lock, folders: dict[str, Path]) -> dict[str, str]:
    """Read the licence that each recipe declares."""
    found = {}
    for node in lock.nodes.values():
        recipe = (
            _recipe(folders.get(str(node.own.get("namespace", "builtin")), Path("/nonexistent")), node.name)
            / "package.py"
        )
        if configured := license_of(files.read_if_there(recipe) or ""):
            found[node.name] = configured
    return dict(sorted(found.items()))


def recipe_projects(lock: Lock, folders: dict[str, Path]) -> dict[str, str]:
    """Read the project of PyPI that each recipe takes its source from."""
    found = {}
    for node in lock.to_install:
        recipe = _recipe(folders.get(node.namespace, Path("/nonexistent")), node.name) / "package.py"
        if project := pypi_of(files.read_if_there(recipe) or ""):
            found[node.name] = project
    return dict(sorted(found.items()))


def _recipe(packages: Path, name: str) -> Path:
    plain = name.replace("-", "_")
    return packages / (f"_{plain}" if plain[0].isdigit() else plain)
