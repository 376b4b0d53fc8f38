"""Find the Spack that does the work, and say what is missing where there is none."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

from sygaldry.config.resolve import Resolved
from sygaldry.flows._environment import Store, spack_version
from sygaldry.model.errors import MachineNotReadyError
from sygaldry.spack.commands import Spack
from sygaldry.spack.provenance import SPACK_VERSION

# Where the image has them: container/image/spack.sh.
IMAGE_PYTHON: Final = "/opt/spack_python/bin/python3"
IMAGE_SEED: Final = "/opt/spack_seed/misc"


def find_spack(resolved: Resolved, store: Store, *, verb: str, wanted: str = SPACK_VERSION) -> Spack:
    """Return the pinned Spack; raises MachineNotReadyError if there is none, or one of another version."""
    root = Path(resolved.settings.spack_root)
    found = spack_version(root)
    if not found:
        raise MachineNotReadyError(
            f"there is no Spack in {root}",
            hint=f"it is in the image: ./container/launch_container.sh -- {verb}; elsewhere: "
            "SYGALDRY_SPACK_ROOT=/folder/of/spack",
        )
    if found != wanted:
        raise MachineNotReadyError(
            f"Spack in {root} is {found}, and {wanted} is needed: another version gives other hashes",
            hint="use the image that the lock was made for, or name another: SYGALDRY_SPACK_ROOT=/folder/of/spack",
        )
    recipes = Path(resolved.settings.spack_recipes)
    if not recipes.is_dir():
        raise MachineNotReadyError(
            f"there are no Spack recipes in {recipes}", hint="name them: SYGALDRY_SPACK_RECIPES=/folder/of/recipes"
        )
    _refuse_to_clone(root, recipes)
    own = IMAGE_PYTHON if os.access(IMAGE_PYTHON, os.X_OK) else ""
    return Spack(str(root), store.inside, os.environ.get("SPACK_PYTHON", own))


def _refuse_to_clone(root: Path, recipes: Path) -> None:
    """Turn a Spack away that nobody has told where its recipes are: it clones the newest from GitHub."""
    places = (root / "etc" / "spack" / "site", root / "etc" / "spack")
    if any((place / "repos.yaml").exists() for place in places):
        return
    raise MachineNotReadyError(
        f"Spack in {root} was not told where its recipes are, and would clone the newest from GitHub",
        hint=f"tell it: printf 'repos::\\n  builtin: %s\\n' {recipes.absolute()}/repos/spack_repo/builtin "
        f">{places[0]}/repos.yaml",
    )


def seed_index(store: Store, target: Path) -> None:
    """Bring the index of recipes along, which takes over a minute to make; never what is known of compilers."""
    if (target / "providers").is_dir():
        return
    for folder in (store.here / "cache" / "misc", Path(IMAGE_SEED)):
        if (folder / "providers").is_dir() and folder != target:
            ignored = shutil.ignore_patterns("compilers", "*.lock")
            shutil.copytree(folder, target, ignore=ignored, dirs_exist_ok=True)
            return
