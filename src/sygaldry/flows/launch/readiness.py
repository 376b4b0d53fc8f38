"""What a launch would do here, as a finding of the doctor."""

from sygaldry import runtimes
from sygaldry.config.resolve import Resolved
from sygaldry.config.settings import Settings
from sygaldry.flows.image.state import state_of
from sygaldry.flows.image.unreachable import unreachable_since_s
from sygaldry.flows.launch.launch import plan_whole
from sygaldry.flows.launch.plan import Plan
from sygaldry.flows.launch.request import Request
from sygaldry.image.names import is_own
from sygaldry.model.errors import SygaldryError, TrustError
from sygaldry.model.finding import Finding, Verdict
from sygaldry.model.machine import Machine

_REMEDY = "make a base: sygaldry image base; or name one that is here: SYGALDRY_BASE_IMAGE=IMAGE"


def planned_launch(resolved: Resolved, workspace: str, machine: Machine) -> Finding:
    """Plan a launch as it would be executed: an engine whose image cannot be had is not ready."""
    try:
        plan = plan_whole(Request(resolved, workspace, ("true",)), machine)
    except TrustError:
        # A finding of its own names the settings that wait.
        return Finding(Verdict.NOT_APPLICABLE, "it waits for consent")
    except SygaldryError as error:
        return Finding(Verdict.PROBLEM, f"cannot start: {error.problem}", error.hint)
    warnings = [note.removeprefix("warning: ") for note in plan.runtime.notes if note.startswith("warning: ")]
    if warnings:
        return Finding(Verdict.WARNING, f"runs in {plan.runtime.name}: {warnings[0]}", _REMEDY)
    if plan.build is None:
        return Finding(Verdict.OK, f"runs in {plan.runtime.name}")
    if problem := _obstacle(plan, resolved.settings, machine):
        return Finding(Verdict.PROBLEM, f"{plan.runtime.name} has no image: {problem}", _REMEDY)
    return Finding(Verdict.OK, f"first gets the image for {plan.runtime.name}: {plan.build.shown()}")


def _obstacle(plan: Plan, settings: Settings, machine: Machine) -> str:
    """Return why the image of a plan cannot be had; empty if nothing is known to prevent it."""
    engine = runtimes.get(plan.runtime.name).builds
    if not engine:
        return ""
    state = state_of(settings, engine, machine)
    if state.recipe.base_id and is_own(state.name):
        return ""
    needed = state.recipe.base if is_own(state.name) else state.name
    tried_s = unreachable_since_s(plan.found.storage.root, needed)
    if settings.runtime == "auto" and tried_s is not None:
        return f"{needed} could not be fetched {tried_s} s ago"
    return "" if state.engine.reaches(needed) else f"{needed} cannot be fetched"
