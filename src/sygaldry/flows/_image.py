"""See to it that the image is there, and fresh, before a container needs it."""

from __future__ import annotations

from sygaldry import runtimes
from sygaldry.layout import layout
from sygaldry.model.command import Command
from sygaldry.model.errors import ImageError
from sygaldry.model.value import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from sygaldry.config.resolve import Resolved
    from sygaldry.config.settings import Settings
    from sygaldry.flows._engine import Engine, Image
    from sygaldry.flows.launch import Plan
    from sygaldry.image.recipe import Recipe
    from sygaldry.image.staleness import Verdict
    from sygaldry.model.machine import Machine

_BUILD_SETTINGS = (
    "image", "base_image", "toolchains", "artifact_mirror", "bazel_version", "python_version", "rust_version",
    "storage_root", "workspace",
)  # fmt: skip


@dataclass(frozen=True)
class State:
    """The image as the engine has it, and what it should be."""

    engine: Engine
    settings: Settings
    machine: Machine
    recipe: Recipe
    image: Image | None
    verdict: Verdict

    @property
    def name(self) -> str:
        return self.settings.image

    @property
    def usable(self) -> bool:
        """Fresh, or somebody else's, which is used as it is."""
        return self.image is not None and (self.verdict.fresh or not self.verdict.ours)

    @property
    def reasons(self) -> tuple[str, ...]:
        return self.verdict.reasons if self.image else ("there is none",)


class BaseUnreachableError(ImageError):
    """The base is not here and cannot be fetched."""


def with_image(
    resolved: Resolved, machine: Machine, planned: Callable[[dict[str, str]], Plan], tell: Callable[[str], None]
) -> Plan:
    """Return the plan of a launch whose image is there; the sandbox needs none. Raises ImageError.

    `planned` makes the plan without the runtimes it is told, each with its reason.
    """
    settings = resolved.settings
    passed_over: dict[str, str] = {}
    while True:
        plan = planned(passed_over)
        if not runtimes.get(plan.chosen.name).builds:
            return plan
        if _is_fresh_at_a_glance(settings, plan.chosen.name, machine):
            return plan
        state = state_of(settings, runtimes.get(plan.chosen.name).builds, machine)
        if state.usable:
            return plan
        from sygaldry.flows._image_build import build  # 60 ms, and only when there is something to build

        try:
            build(state, plan.found.storage.root, tell)
        except BaseUnreachableError as error:
            if _does_stale(state):
                tell(f"warning: {state.name} is stale ({state.reasons[0]}) and is used as it is: {error.problem}")
                return plan
            if settings.runtime != "auto":
                raise
            passed_over[plan.chosen.name] = f"the base {state.recipe.base} cannot be fetched"
        else:
            return plan


def planned_with_image(resolved: Resolved, machine: Machine, planned: Callable[[dict[str, str]], Plan]) -> Plan:
    """Return the plan that a launch would carry out, changing nothing; it says whether the image is built first."""
    settings = resolved.settings
    passed_over: dict[str, str] = {}
    while True:
        plan = planned(passed_over)
        if not runtimes.get(plan.chosen.name).builds:
            return plan
        state = state_of(settings, runtimes.get(plan.chosen.name).builds, machine)
        if state.usable:
            return plan
        reached = bool(state.recipe.base_id) or state.engine.reaches(state.recipe.base)
        if not reached and _does_stale(state):
            return plan
        if reached or settings.runtime != "auto":
            return replace(plan, build=_build_verb(resolved, plan))
        passed_over[plan.chosen.name] = f"{state.name} is absent and its base cannot be reached"


def state_of(settings: Settings, engine_name: str, machine: Machine) -> State:
    """Look at the image of these settings."""
    from sygaldry.flows._engine import engine_for
    from sygaldry.flows._recipe import gathered
    from sygaldry.image.staleness import Verdict, judge

    engine = engine_for(engine_name, machine)
    recipe = gathered(settings, engine)
    image = engine.image(settings.image)
    verdict = judge(settings.image, image.labels, recipe) if image else Verdict(ours=True)
    return State(engine, settings, machine, recipe, image, verdict)


def _is_fresh_at_a_glance(settings: Settings, runtime: str, machine: Machine) -> bool:
    """Look at the image as every launch does: two answers over a socket, for 3 ms; anything odd is looked at again."""
    if runtime != "docker" or not machine.docker_socket:
        return False
    from sygaldry.flows._engine import engine_for
    from sygaldry.flows._recipe import recipe_upon
    from sygaldry.image.staleness import base_id_at_a_glance, is_fresh_at_a_glance

    engine = engine_for("docker", machine)
    base, image = engine.described(settings.base_image), engine.described(settings.image)
    recipe = recipe_upon(settings, base_id_at_a_glance(settings.base_image, base, image))
    return is_fresh_at_a_glance(settings.image, image, recipe)


def _does_stale(state: State) -> bool:
    """Without a network, an older image does, unless it stands on another base than the one asked for."""
    return state.image is not None and not any(each.startswith("BASE_IMAGE ") for each in state.reasons)


def _build_verb(resolved: Resolved, plan: Plan) -> Command:
    """Format what builds the image with the settings that a flag gave; files and variables are read again."""
    own = layout()
    flags = [
        f"--{name.replace('_', '-')}={','.join(value) if isinstance(value, tuple) else value}"
        for name in _BUILD_SETTINGS
        if resolved.origins.get(name, "").startswith("--") and (value := getattr(resolved.settings, name))
    ]
    program = f"{own.tools}/sygaldry" if own.checkout else "sygaldry"
    return Command((program, "image", "build", f"--runtime={plan.chosen.name}", *flags))
