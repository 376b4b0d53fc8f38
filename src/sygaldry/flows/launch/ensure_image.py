"""Make sure that the image exists and is fresh before a container needs it."""

from __future__ import annotations

from sygaldry import runtimes
from sygaldry.flows.image.state import BaseUnreachableError, PullError, State, state_of
from sygaldry.flows.launch.local_base import find_local_base
from sygaldry.layout import layout
from sygaldry.model.addresses import without_login
from sygaldry.model.command import Command
from sygaldry.model.errors import ImageError
from sygaldry.model.value import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from sygaldry.config.resolve import Resolved
    from sygaldry.config.settings import Settings
    from sygaldry.flows.launch.plan import Plan
    from sygaldry.flows.launch.request import Request
    from sygaldry.flows.runtime.images import Engine, Image
    from sygaldry.model.devcontainer import Devcontainer
    from sygaldry.model.machine import Machine

    # Plans without the given runtimes; maps each to its reason.
    Planner = Callable[[Request, dict[str, str]], Plan]
    Report = Callable[[str], None]

_BUILD_SETTINGS = (
    "image", "base_image", "toolchains", "packages", "artifact_mirror", "bazel_version", "python_version",
    "rust_version", "storage_root", "workspace",
)  # fmt: skip


@dataclass(frozen=True)
class Use:
    """Start with the existing image."""

    warning: str = ""


@dataclass(frozen=True)
class Build:
    """Build the image first."""


@dataclass(frozen=True)
class Pull:
    """Pull the image first: its name is not ours."""


@dataclass(frozen=True)
class Skip:
    """Try the next runtime: this one cannot have the image."""

    reason: str


def decide(state: State, *, base_reachable: bool, skips: bool, build: bool = False) -> Use | Build | Pull | Skip:
    """Decide what a launch does about its image; a dry run prints the decision, a launch executes it.

    `skips` says that there is something else to use, another runtime or another base, if this base is unreachable.

    An image under a name that is not ours is pulled, and used unchanged. It is built only if `build` demands that.
    """
    if state.usable:
        return Use()
    if state.image is None and not build and _is_pulled(state.name):
        return Pull()
    if base_reachable:
        return Build()
    unreachable = f"the base {state.recipe.base} cannot be fetched"
    if _may_use_stale(state):
        return Use(f"warning: {state.name} is stale ({state.reasons[0]}) and is used unchanged: {unreachable}")
    return Skip(unreachable) if skips else Build()


def ensure_image(request: Request, machine: Machine, planned: Planner, report: Report) -> Plan:
    """Return the plan of a launch once its image exists; the sandbox needs none. Raises ImageError."""
    rejected: dict[str, str] = {}
    refused: PullError | None = None
    while True:
        settings = request.resolved.settings
        plan = planned(request, rejected)
        engine = runtimes.get(plan.runtime.name).builds
        if not engine:
            _check_fallback(plan, refused)
            return _with_image_file(plan, machine, report, refresh=request.build)
        project = request.resolved.project_build
        if project:
            _ensure_project_image(project, plan, machine, request, report)
        elif not request.build and _is_fresh_fast(settings, plan, machine):
            return plan
        state = state_of(settings, engine, machine)
        local = None if state.usable else find_local_base(request, state, plan.found.storage.root)
        wanted = replace(request, build=request.build and project is None)
        try:
            decision = _execute(state, plan, wanted, report, has_local=local is not None)
        except PullError as error:
            if settings.runtime != "auto":
                raise
            refused, decision = error, Skip(error.problem)
        if isinstance(decision, Use):
            if decision.warning:
                report(decision.warning)
            return plan
        if local:
            report(local.note)
            request = local.request
        else:
            rejected[plan.runtime.name] = decision.reason


def plan_with_image(request: Request, machine: Machine, planned: Planner) -> Plan:
    """Return the plan of a launch without changing anything; it says whether the image is built or pulled first."""
    rejected: dict[str, str] = {}
    while True:
        settings = request.resolved.settings
        plan = planned(request, rejected)
        engine = runtimes.get(plan.runtime.name).builds
        if not engine:
            return _with_image_file(plan, machine, None)
        if project := request.resolved.project_build:
            from sygaldry.flows.image.project_build import planned_build
            from sygaldry.flows.runtime.images import engine_for

            return replace(plan, build=planned_build(project, engine_for(engine, machine), force=request.build))
        state = state_of(settings, engine, machine)
        # A registry takes seconds to answer, so the query is made only if the decision depends on it.
        reachable = not settings.offline and (
            state.usable or bool(state.recipe.base_id) or state.engine.reaches(state.recipe.base)
        )
        local = None if reachable else find_local_base(request, state, plan.found.storage.root)
        skips = settings.runtime == "auto" or local is not None
        decision = decide(state, base_reachable=reachable, skips=skips, build=request.build)
        if local and isinstance(decision, Skip):
            request = local.noted
            continue
        _refuse_offline(decision, state)
        if isinstance(decision, Use):
            return replace(plan, notes=(*plan.notes, decision.warning)) if decision.warning else plan
        if isinstance(decision, Build):
            return replace(plan, build=_build_verb(request.resolved, plan))
        if isinstance(decision, Pull):
            from sygaldry.image.pull import pull_command

            return replace(plan, build=pull_command(engine, state.name))
        rejected[plan.runtime.name] = decision.reason


def _ensure_project_image(
    project: Devcontainer, plan: Plan, machine: Machine, request: Request, report: Report
) -> None:
    from sygaldry.flows.image.project_build import ensure_project_image
    from sygaldry.flows.runtime.images import engine_for

    engine = engine_for(runtimes.get(plan.runtime.name).builds, machine)
    ensure_project_image(project, engine, plan.found.storage.root, report, force=request.build)


def _is_pulled(name: str) -> bool:
    from sygaldry.image.names import is_digest, is_own

    return not is_own(name) or is_digest(name)


def _with_image_file(plan: Plan, machine: Machine, report: Report | None, *, refresh: bool = False) -> Plan:
    """Return the plan with the image as a file, for Apptainer; the sandbox uses a folder."""
    if plan.runtime.name != "apptainer":
        return plan
    from sygaldry.flows.launch.sif import plan_with_sif

    return plan_with_sif(plan, machine, report, refresh=refresh)


def _execute(state: State, plan: Plan, request: Request, report: Report, *, has_local: bool) -> Use | Skip:
    """Execute the decision; only an attempt shows that the base cannot be fetched."""
    root = plan.found.storage.root
    skips = has_local or request.resolved.settings.runtime == "auto"
    if request.build and state.image is not None and not state.verdict.ours:
        raise ImageError(
            f"{state.name} was not made by Sygaldry and is not replaced",
            hint="choose another name for ours: SYGALDRY_IMAGE=sygaldry/mine:1",
        )
    tried_s = _failed_before(state, root) if skips and not request.retry_base else None
    reachable = tried_s is None and not state.settings.offline
    decision = decide(state, base_reachable=reachable, skips=skips, build=request.build)
    if not (isinstance(decision, Skip) and has_local):
        _refuse_offline(decision, state)
    if isinstance(decision, Build):
        decision = _build(state, root, request, report, skips=skips)
    elif isinstance(decision, Skip):
        decision = Skip(f"{decision.reason}, as {tried_s or 0} s ago; ask again with --retry-base")
    if isinstance(decision, Pull):
        from sygaldry.flows.image.pull import pull_image

        image = pull_image(state.engine, state.name, root, report)
        return _checked(state.engine, state.name, image, plan, report)
    if isinstance(decision, Use) and state.image is not None and not state.verdict.ours:
        return _checked(state.engine, state.name, state.image, plan, report)
    return decision


def _refuse_offline(decision: Use | Build | Pull | Skip, state: State) -> None:
    if state.settings.offline and isinstance(decision, Build | Pull | Skip):
        from sygaldry.flows.image.offline import offline_error

        raise offline_error(state)


def _build(state: State, root: str, request: Request, report: Report, *, skips: bool) -> Use | Skip:
    from sygaldry.flows.image.builder import build  # 60 ms, needed only for a build

    try:
        build(state, root, report)
    except BaseUnreachableError:
        decision = decide(state, base_reachable=False, skips=skips, build=request.build)
        if isinstance(decision, Use | Skip):
            return decision
        raise
    return Use()


def _failed_before(state: State, root: str) -> int | None:
    """Return how long ago the base could not be fetched; None if a build should try."""
    if state.usable or state.recipe.base_id:
        return None
    from sygaldry.flows.image.unreachable import unreachable_since_s

    return unreachable_since_s(root, state.recipe.base)


def _checked(engine: Engine, name: str, image: Image, plan: Plan, report: Report) -> Use:
    """Report what a foreign image lacks, before the launch does, and whether its tag moved. Raises ImageError."""
    from sygaldry.flows.image.contract import check_contract
    from sygaldry.flows.image.last_used import note_use

    warning = check_contract(
        engine, name, image, plan.found.storage.root, for_job=plan.workspace.detached, report=report
    )
    if moved := note_use(plan.found.storage.root, engine.name, name, image.identity):
        report(moved)
    return Use(warning)


def _check_fallback(plan: Plan, refused: PullError | None) -> None:
    """Refuse to run a command on the host's toolchain where a team's image was named but cannot be pulled."""
    if refused is not None and plan.runtime.name == "sandbox" and not plan.workspace.rootfs:
        raise refused


def _is_fresh_fast(settings: Settings, plan: Plan, machine: Machine) -> bool:
    """Check the image with two requests over the socket (3 ms); any doubt leads to the full inspection."""
    if plan.runtime.name != "docker" or not machine.docker_socket:
        return False
    from sygaldry.flows.image.recipe import recipe_for_base
    from sygaldry.flows.runtime.images import engine_for
    from sygaldry.image.staleness import base_id_fast, foreign_id_fast, is_fresh_fast

    engine = engine_for("docker", machine)
    image = engine.inspect_raw(settings.image)
    if foreign := foreign_id_fast(image):
        from sygaldry.flows.image.contract import is_known_good
        from sygaldry.flows.image.last_used import is_last_used

        root = plan.found.storage.root
        return is_known_good(root, foreign) and is_last_used(root, engine.name, settings.image, foreign)
    base = engine.inspect_raw(settings.base_image)
    recipe = recipe_for_base(settings, base_id_fast(settings.base_image, base, image))
    return is_fresh_fast(settings.image, image, recipe)


def _may_use_stale(state: State) -> bool:
    """Return whether an older image may be used: not if the requested base is another one."""
    return state.image is not None and not any(each.startswith("BASE_IMAGE ") for each in state.reasons)


def _build_verb(resolved: Resolved, plan: Plan) -> Command:
    """Format the build of the image with the settings given by flags; files and variables are read again."""
    own = layout()
    flags = [
        f"--{name.replace('_', '-')}={','.join(value) if isinstance(value, tuple) else without_login(value)}"
        for name in _BUILD_SETTINGS
        if resolved.origins.get(name, "").startswith("--") and (value := getattr(resolved.settings, name))
    ]
    program = f"{own.tools}/sygaldry" if own.checkout else "sygaldry"
    return Command((program, "image", "build", f"--runtime={plan.runtime.name}", *flags))
