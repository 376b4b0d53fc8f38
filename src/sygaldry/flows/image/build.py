"""Build the image now, instead of at the next launch."""

from __future__ import annotations

from collections.abc import Callable

from sygaldry.config.resolve import Resolved
from sygaldry.flows.image import builder
from sygaldry.flows.image.builder import chosen_builder, known_annotations
from sygaldry.flows.image.offline import offline_error
from sygaldry.flows.image.project_build import ensure_project_image, planned_build
from sygaldry.flows.image.state import state_of
from sygaldry.flows.image.which_engine import engine_name
from sygaldry.flows.runtime.images import engine_for
from sygaldry.flows.storage.project import find_storage
from sygaldry.image.command import Build, build_command
from sygaldry.image.key import key
from sygaldry.model.errors import ImageError
from sygaldry.model.machine import Machine
from sygaldry.model.report import Report


def image_build(
    resolved: Resolved, machine: Machine, workspace: str, report: Callable[[str], None], *, force: bool = False
) -> Report:
    """Build unless the image is fresh; an image that is not ours is never replaced."""
    engine, root = engine_name(resolved, machine), find_storage(resolved, workspace).storage.root
    if project := resolved.project_build:
        ensure_project_image(project, engine_for(engine, machine), root, report, force=force)
        name = resolved.settings.image
        return Report({"image": name, "engine": engine}, (f"{name} is ready",))
    state = state_of(resolved.settings, engine, machine)
    if state.image is not None and not state.verdict.ours:
        raise ImageError(
            f"{state.name} was not made by Sygaldry and is not replaced",
            hint="give ours another name: SYGALDRY_IMAGE=sygaldry/mine:1",
        )
    data = {"image": state.name, "engine": state.engine.name, "key": key(state.recipe)}
    if state.usable and not force:
        return Report({**data, "built": False, "log": ""}, (f"{state.name} is fresh",))
    if resolved.settings.offline:
        raise offline_error(state)
    log = builder.build(state, root, report, force=force)
    return Report({**data, "built": bool(log), "log": log}, (f"{state.name} is ready",))


def dry_build(resolved: Resolved, machine: Machine) -> Report:
    """Print the command that would build, even if the image is fresh."""
    if project := resolved.project_build:
        planned = planned_build(project, engine_for(engine_name(resolved, machine), machine), force=True)
        return Report({"argv": list(planned.argv)}, (planned.shown(),)) if planned else Report()
    state = state_of(resolved.settings, engine_name(resolved, machine), machine)
    build = Build("BUILD", chosen_builder(state.engine.name), annotations=known_annotations(state))
    command = build_command(state.engine.name, state.name, state.recipe, "CONTEXT", build)
    return Report({"argv": list(command.argv), "key": key(state.recipe)}, (command.shown(),))
