"""Complete the plan of an Apptainer launch with the SIF file of its image."""

from __future__ import annotations

import os

from sygaldry import runtimes
from sygaldry.flows.image.last_used import note_use
from sygaldry.flows.image.sif import ensure_sif, find_sif, find_source, sif_path
from sygaldry.layout import layout
from sygaldry.model.command import Command
from sygaldry.model.errors import ImageError
from sygaldry.model.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from sygaldry.flows.launch.plan import Plan
    from sygaldry.model.machine import Machine


def plan_with_sif(plan: Plan, machine: Machine, report: Callable[[str], None] | None, *, refresh: bool = False) -> Plan:
    """Return the plan on a SIF file, converted first if there is none; without `report` nothing is changed.

    With `refresh` the registry is asked what the name means now. Raises ImageError if the image is nowhere to be had.
    """
    workspace, root = plan.workspace, plan.found.storage.root
    if workspace.rootfs:
        if not os.path.exists(workspace.rootfs):
            raise ImageError(f"there is no image {workspace.rootfs}", hint="name another: SYGALDRY_ROOTFS=FILE.sif")
        return plan
    path = "" if refresh else find_sif(workspace.image, root, machine)
    build = plan.build
    if not path:
        source = find_source(workspace.image, machine)
        path = ensure_sif(source, root, machine, report) if report else sif_path(root, source.key)
        build = None if report else _export_verb(path, workspace.image)
    if report and (moved := note_use(root, "apptainer", workspace.image, os.path.basename(path).partition(".")[0])):
        report(moved)
    on_sif = replace(workspace, rootfs=path)
    start = runtimes.get(plan.runtime.name).launch(on_sif, machine)
    return replace(plan, workspace=on_sif, start=start, build=build)


def _export_verb(path: str, image: str) -> Command:
    own = layout()
    program = f"{own.tools}/sygaldry" if own.checkout else "sygaldry"
    return Command((program, "image", "export", "--sif", path, image))
