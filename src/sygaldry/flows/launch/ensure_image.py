"""Make sure that the image exists and is fresh before a container needs it."""

from __future__ import annotations

from sygaldry import runtimes
from sygaldry.flows.image.state import BaseUnreachableError, State, state_of
from sygaldry.layout import layout
from sygaldry.model.command import Command
from sygaldry.model.value import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from sygaldry.config.resolve import Resolved
    from sygaldry.config.settings import Settings
    from sygaldry.flows.launch.plan import Plan
    from sygaldry.model.machine import Machine

    Planner = Callable[[dict[str, str]], Plan]  # plans without the given runtimes; maps each to its reason

_BUILD_SETTINGS = (
    "image", "base_image", "toolchains", "artifact_mirror", "bazel_version", "python_version", "rust_version",
    "storage_root", "workspace",
)  # fmt: skip


@dataclass(frozen=True)
class Use:
    """Start with the existing image."""

    warning: str = ""


@dataclass(frozen=True)
class Build:
    """Build the image first."""


@dataclass(frozen=True)
class Skip:
    """Try the next runtime: this one cannot have the image."""

    reason: str


def decide(state: State, *, base_reachable: bool, runtime: str) -> Use | Build | Skip:
    """Decide what a launch does about its image; a dry run prints the decision, a launch executes it."""
    if state.usable:
        return Use()
    if base_reachable:
        return Build()
    unreachable = f"the base {state.recipe.base} cannot be fetched"
    if _may_use_stale(state):
        return Use(f"warning: {state.name} is stale ({state.reasons[0]}) and is used unchanged: {unreachable}")
    return Skip(unreachable) if runtime == "auto" else Build()


def ensure_image(resolved: Resolved, machine: Machine, planned: Planner, report: Callable[[str], None]) -> Plan:
    """Return the plan of a launch once its image exists; the sandbox needs none. Raises ImageError."""
    settings = resolved.settings
    rejected: dict[str, str] = {}
    while True:
        plan = planned(rejected)
        engine = runtimes.get(plan.runtime.name).builds
        if not engine or _is_fresh_fast(settings, plan.runtime.name, machine):
            return plan
        state = state_of(settings, engine, machine)
        decision = _execute(state, plan, settings.runtime, report)
        if isinstance(decision, Use):
            if decision.warning:
                report(decision.warning)
            return plan
        rejected[plan.runtime.name] = decision.reason


def plan_with_image(resolved: Resolved, machine: Machine, planned: Planner) -> Plan:
    """Return the plan of a launch without changing anything; it says whether the image is built first."""
    settings = resolved.settings
    rejected: dict[str, str] = {}
    while True:
        plan = planned(rejected)
        engine = runtimes.get(plan.runtime.name).builds
        if not engine:
            return plan
        state = state_of(settings, engine, machine)
        # A registry takes seconds to answer, so the query is made only if the decision depends on it.
        reachable = state.usable or bool(state.recipe.base_id) or state.engine.reaches(state.recipe.base)
        decision = decide(state, base_reachable=reachable, runtime=settings.runtime)
        if isinstance(decision, Use):
            return replace(plan, notes=(*plan.notes, decision.warning)) if decision.warning else plan
        if isinstance(decision, Build):
            return replace(plan, build=_build_verb(resolved, plan))
        rejected[plan.runtime.name] = decision.reason


def _execute(state: State, plan: Plan, runtime: str, report: Callable[[str], None]) -> Use | Skip:
    """Execute the decision; only an attempt shows that the base cannot be fetched."""
    decision = decide(state, base_reachable=True, runtime=runtime)
    if not isinstance(decision, Build):
        return decision
    from sygaldry.flows.image.builder import build  # 60 ms, needed only for a build

    try:
        build(state, plan.found.storage.root, report)
    except BaseUnreachableError:
        decision = decide(state, base_reachable=False, runtime=runtime)
        if isinstance(decision, Build):
            raise
        return decision
    return Use()


def _is_fresh_fast(settings: Settings, runtime: str, machine: Machine) -> bool:
    """Check the image with two requests over the socket (3 ms); any doubt leads to the full inspection."""
    if runtime != "docker" or not machine.docker_socket:
        return False
    from sygaldry.flows.image.recipe import recipe_for_base
    from sygaldry.flows.runtime.images import engine_for
    from sygaldry.image.staleness import base_id_fast, is_fresh_fast

    engine = engine_for("docker", machine)
    base, image = engine.inspect_raw(settings.base_image), engine.inspect_raw(settings.image)
    recipe = recipe_for_base(settings, base_id_fast(settings.base_image, base, image))
    return is_fresh_fast(settings.image, image, recipe)


def _may_use_stale(state: State) -> bool:
    """Return whether an older image may be used: not if the requested base is another one."""
    return state.image is not None and not any(each.startswith("BASE_IMAGE ") for each in state.reasons)


def _build_verb(resolved: Resolved, plan: Plan) -> Command:
    """Format the build of the image with the settings given by flags; files and variables are read again."""
    own = layout()
    flags = [
        f"--{name.replace('_', '-')}={','.join(value) if isinstance(value, tuple) else value}"
        for name in _BUILD_SETTINGS
        if resolved.origins.get(name, "").startswith("--") and (value := getattr(resolved.settings, name))
    ]
    program = f"{own.tools}/sygaldry" if own.checkout else "sygaldry"
    return Command((program, "image", "build", f"--runtime={plan.runtime.name}", *flags))
