"""Estimate what a change of the image or of the recipes would build again."""

from __future__ import annotations

from pathlib import Path

from sygaldry.config.resolve import Resolved
from sygaldry.flows.env.environment import find_store, load_environment
from sygaldry.flows.env.install.machine_facts import speed_factor
from sygaldry.flows.env.install.plan import HISTORY, load_history
from sygaldry.image.recipe import STEPS
from sygaldry.lockfile.lock import ProjectLock
from sygaldry.model.errors import SygaldryError
from sygaldry.spack.estimates import estimate

_HOUR_S = 3600


def steps_from(resolved: Resolved, step: str) -> tuple[str, ...]:
    """Name the steps of the image that are built again when one changes; the empty step is the base."""
    chosen = [each for each in STEPS if each in resolved.settings.toolchains]
    later = chosen[chosen.index(step) :] if step in chosen else chosen if not step else []
    return (f"image steps: {', '.join(later)}",) if later else ()


def packages_of(resolved: Resolved, workspace: str, lock: ProjectLock) -> tuple[tuple[str, ...], float]:
    """Describe the packages of each environment, at most all of which are built again, and sum their seconds."""
    store, lines, total = find_store(resolved, Path(workspace)), list[str](), 0.0
    for name in lock.of("environment"):
        try:
            environment = load_environment(str(Path(workspace, name)), resolved, Path(workspace), needs_consent=False)
            packages = environment.lock
        except SygaldryError as error:
            lines.append(f"{name}: {error.problem}")
            continue
        known = estimate(packages, load_history(store, HISTORY), speed_factor)
        seconds, count = sum(known.values()), len(packages.to_install)
        unknown = f", {count - len(known)} of them without a measurement" if len(known) < count else ""
        lines.append(f"{name}: at most {count} packages, {seconds / _HOUR_S:.1f} h{unknown}")
        total += seconds
    return tuple(lines), total
