"""Find the Spack that does the work, and say what is missing where there is none."""

from __future__ import annotations

import os
from pathlib import Path

from sygaldry.config.resolve import Resolved
from sygaldry.flows._environment import Store, spack_version
from sygaldry.model.errors import MachineNotReadyError
from sygaldry.spack.commands import Spack
from sygaldry.spack.provenance import SPACK_VERSION


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
    return Spack(str(root), store.inside, os.environ.get("SPACK_PYTHON", ""))
