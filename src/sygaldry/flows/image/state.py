"""The image as the engine has it, held against what it should be."""

from __future__ import annotations

from sygaldry.model.errors import ImageError
from sygaldry.model.value import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.config.settings import Settings
    from sygaldry.flows.runtime.images import Engine, Image
    from sygaldry.image.recipe import Recipe
    from sygaldry.image.staleness import Verdict
    from sygaldry.model.machine import Machine


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


def state_of(settings: Settings, engine_name: str, machine: Machine) -> State:
    """Look at the image of these settings."""
    from sygaldry.flows.image.recipe import gathered
    from sygaldry.flows.runtime.images import engine_for
    from sygaldry.image.staleness import Verdict, judge

    engine = engine_for(engine_name, machine)
    recipe = gathered(settings, engine)
    image = engine.image(settings.image)
    verdict = judge(settings.image, image.labels, recipe) if image else Verdict(ours=True)
    return State(engine, settings, machine, recipe, image, verdict)
