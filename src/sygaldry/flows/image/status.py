"""Report whether the image exists and is fresh, and if not, why."""

from __future__ import annotations

from sygaldry.config.resolve import Resolved
from sygaldry.flows.image.local_cuda import substitute_base
from sygaldry.flows.image.state import state_of
from sygaldry.flows.image.which_engine import engine_name
from sygaldry.flows.storage.project import find_storage
from sygaldry.image.key import key
from sygaldry.model.machine import Machine
from sygaldry.model.report import Report
from sygaldry.model.sizes import human


def image_status(resolved: Resolved, machine: Machine, workspace: str) -> Report:
    """Report the image; exit code 1 if the next launch would build it, or use another one."""
    state = state_of(resolved.settings, engine_name(resolved, machine), machine)
    image = state.image
    kind = "absent" if image is None else "foreign" if not state.verdict.ours else "fresh" if state.usable else "stale"
    words = {
        "absent": "absent; the next launch builds it",
        "foreign": "not made by Sygaldry; used unchanged",
        "fresh": "fresh",
        "stale": "stale; the next launch rebuilds it",
    }
    lines = [f"{state.name} ({state.engine.name}): {words[kind]}"]
    if image is not None:
        lines.append(f"  {image.identity[:12]}, {human(image.size_bytes)}, made {image.created[:19]}")
    lines += [f"  {reason}" for reason in state.verdict.reasons]
    if not state.recipe.base_id:
        lines.append(f"  the engine does not have the base {state.recipe.base}; a build fetches it first")
    local = "" if state.usable else substitute_base(resolved, _root(resolved, workspace), state.engine)
    if local:
        lines.append(f"  where that base cannot be fetched, a launch uses {local}, the CUDA base of this host")
    return Report(
        {
            "image": state.name,
            "engine": state.engine.name,
            "state": kind,
            "reasons": list(state.verdict.reasons),
            "key": key(state.recipe),
            "base": state.recipe.base,
            "base_id": state.recipe.base_id,
            "arguments": dict(state.recipe.arguments),
            "substitute": local,
        },
        tuple(lines),
        exit_code=0 if state.usable else 1,
    )


def _root(resolved: Resolved, workspace: str) -> str:
    return find_storage(resolved, workspace).storage.root
