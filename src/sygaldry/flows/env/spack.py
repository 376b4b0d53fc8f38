"""Find the pinned Spack; explain what is missing where there is none."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from shlex import quote
from typing import Final

from sygaldry.config.resolve import Resolved
from sygaldry.flows.env.environment import MANIFEST, Environment, Store, bundled_mirror, spack_version
from sygaldry.host import files
from sygaldry.host.settings import workspace_of
from sygaldry.layout import layout
from sygaldry.model.container_environment import WORKSPACE
from sygaldry.model.errors import MachineNotReadyError
from sygaldry.spack.commands import Spack
from sygaldry.spack.lock import Lock
from sygaldry.spack.mirrors import Mirror
from sygaldry.spack.provenance import SPACK_VERSION

# Where the image has them: container/image/spack.sh.
IMAGE_PYTHON: Final = "/opt/spack_python/bin/python3"
IMAGE_SEED: Final = "/opt/spack_seed/misc"


def find_spack(
    resolved: Resolved, store: Store, environment: Environment, *, verb: str, wanted: str = SPACK_VERSION
) -> Spack:
    """Return the pinned Spack; raises MachineNotReadyError if it is absent or another version.

    `verb` is what to type in the image, where there is one.
    """
    root = Path(resolved.settings.spack_root)
    found = spack_version(root)
    if not found:
        raise MachineNotReadyError(
            f"no Spack found in {root}",
            hint=f"{_in_image(resolved, environment, verb)}; elsewhere: SYGALDRY_SPACK_ROOT=/folder/of/spack",
        )
    if found != wanted:
        raise MachineNotReadyError(
            f"Spack in {root} is {found}, and {wanted} is needed: another version gives other hashes",
            hint="use the image that the lock was made for, or name another: SYGALDRY_SPACK_ROOT=/folder/of/spack",
        )
    recipes = Path(resolved.settings.spack_recipes)
    if not recipes.is_dir():
        raise MachineNotReadyError(
            f"no Spack recipes found in {recipes}", hint="name them: SYGALDRY_SPACK_RECIPES=/folder/of/recipes"
        )
    _refuse_to_clone(root, recipes)
    tree = "" if environment.manifest.install_tree else f"{store.inside}/install"
    return Spack(str(root), store.inside, spack_python(), bundle=_bundle(store), install_tree=tree)


def _in_image(resolved: Resolved, environment: Environment, verb: str) -> str:
    """Say how to type the verb in the image: what is outside the workspace is not visible there."""
    if os.environ.get("SYGALDRY_CONTAINER"):
        return "this image has none; the project's own has it: sygaldry image build"
    workspace = workspace_of(resolved.settings.workspace, allow_home=True)
    launcher, inside = layout().launcher(workspace), Path(WORKSPACE)
    if environment.folder.is_relative_to(workspace):
        inside /= environment.folder.relative_to(workspace)
    else:
        launcher += f" --workspace {environment.argument}"
    return f"it is in the image: {launcher} -- sygaldry {verb} {quote(str(inside))}"


def _bundle(store: Store) -> str:
    """Return the mirror that a bundle brought, as Spack sees it; empty if there is none."""
    folder = bundled_mirror(store)
    return str(Path(store.inside) / folder.relative_to(store.here)) if os.access(folder, os.R_OK) else ""


def spack_at(root: Path, store: Store) -> Spack | None:
    """Return the Spack that is there, whatever its version, to read with; None if there is none."""
    return Spack(str(root), str(store.here), spack_python()) if spack_version(root) else None


def spack_python() -> str:
    """Name the Python that runs Spack: the caller's, the image's, or Spack's own choice."""
    own = IMAGE_PYTHON if os.access(IMAGE_PYTHON, os.X_OK) else ""
    return os.environ.get("SPACK_PYTHON", own)


def _refuse_to_clone(root: Path, recipes: Path) -> None:
    """Reject a Spack without configured recipes: it would clone the newest from GitHub."""
    places = (root / "etc" / "spack" / "site", root / "etc" / "spack")
    if any((place / "repos.yaml").exists() for place in places):
        return
    raise MachineNotReadyError(
        f"Spack in {root} has no recipes configured and would clone the newest from GitHub",
        hint=f"configure them: printf 'repos::\\n  builtin: %s\\n' {recipes.absolute()}/repos/spack_repo/builtin "
        f">{places[0]}/repos.yaml",
    )


def seed_index(store: Store, target: Path) -> None:
    """Copy the index of recipes, which takes over a minute to build; never the cached compilers."""
    if (target / "providers").is_dir():
        return
    for folder in (store.here / "cache" / "misc", Path(IMAGE_SEED)):
        if (folder / "providers").is_dir() and folder != target:
            ignored = shutil.ignore_patterns("compilers", "*.lock")
            shutil.copytree(folder, target, ignore=ignored, dirs_exist_ok=True)
            return


def without_aws_cli(spack: Spack, mirror: Mirror, store: Store) -> Spack:
    """Hide an `aws` on PATH from Spack 1.1.0, which would list a bucket with it: another key and endpoint.

    Spack gives up where that fails; where `aws` finds nothing, it lists the bucket with what the mirror names.
    """
    if not mirror.push_url.startswith("s3://") or not shutil.which("aws"):
        return spack
    folder = store.own / "finds-nothing"
    files.make_folder(folder)
    files.replace(folder / "aws", "#!/bin/sh\nexit 0\n", 0o755)
    return replace(spack, path=f"{folder}:{os.environ.get('PATH', os.defpath)}")


def write_manifest(environment: Environment) -> str:
    """Write the spack.yaml that Spack requires, where it is not there; return what was done, empty if nothing."""
    path = environment.folder / MANIFEST
    if not environment.has_source:
        files.replace(path, _manifest_of(environment.lock), 0o644)
        return f"there is no manifest: {path} is made from the roots of the lock"
    before = files.read_if_there(path)
    if environment.source == path or before == environment.source_text:
        return ""
    files.replace(path, environment.source_text, 0o644)
    return "" if before is None else f"{path} is replaced by a copy of {environment.source.name}"


def _manifest_of(lock: Lock) -> str:
    """Format a manifest for a lock that has none; Spack ignores what a lock includes unless the manifest says so."""
    included = list(lock.raw.get("include_concrete") or ())
    content = {"specs": [root["spec"] for root in lock.raw["roots"]], "view": False}
    return json.dumps({"spack": content | ({"include_concrete": included} if included else {})})
