"""A launch on the CUDA base of this host, where the default base cannot be fetched and nobody named an image."""

from __future__ import annotations

from sygaldry.config.settings import DEFAULT_BASE, DEFAULT_IMAGE
from sygaldry.model.value import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.flows.image.state import State
    from sygaldry.flows.launch.request import Request


@dataclass(frozen=True)
class LocalBase:
    """The same request with the CUDA base of this host, and the line that states the choice."""

    request: Request
    note: str

    @property
    def noted(self) -> Request:
        """The request whose plan repeats the line."""
        resolved = self.request.resolved
        return replace(self.request, resolved=replace(resolved, notes=(*resolved.notes, self.note)))


def find_local_base(request: Request, state: State, root: str) -> LocalBase | None:
    """Return the request on the CUDA base of this host; None if there is none or an image or a base was chosen.

    The image is ours if it was built on that base or if a build is requested, and the base itself otherwise.
    """
    from sygaldry.flows.image.local_cuda import SETTINGS, substitute_base
    from sygaldry.flows.image.state import state_of

    base = substitute_base(request.resolved, root, state.engine)
    if not base:
        return None
    chosen = replace(request.resolved.settings, base_image=base)
    what = f"{DEFAULT_IMAGE} on {base}, the CUDA base of this host"
    if not request.build and not _is_built_on_it(state_of(chosen, state.engine.name, state.machine)):
        chosen = replace(chosen, image=base)
        what = f"{base}, the CUDA base of this host; to build the tools on it, launch with --build"
    changed = {name: f"--{name.replace('_', '-')}, the CUDA base of this host" for name in SETTINGS}
    resolved = replace(request.resolved, settings=chosen, origins={**request.resolved.origins, **changed})
    why = "is not here (--offline)" if chosen.offline else "cannot be fetched (ask again: --retry-base)"
    note = f"warning: {DEFAULT_BASE} {why}; using {what}"
    return LocalBase(replace(request, resolved=resolved), note)


def _is_built_on_it(state: State) -> bool:
    """Return whether our image has this base; if other files changed, it is built again."""
    if state.image is None or not state.verdict.ours:
        return False
    return not any(reason.startswith("BASE_IMAGE ") for reason in state.reasons)
