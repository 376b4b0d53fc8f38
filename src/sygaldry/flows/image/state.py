"""The state of the image in the engine, compared with its recipe."""

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
    """The image in the engine, its recipe, and the verdict."""

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
        """Whether the image is fresh, or is not ours and therefore used unchanged."""
        return self.image is not None and (self.verdict.fresh or not self.verdict.ours)

    @property
    def reasons(self) -> tuple[str, ...]:
        return self.verdict.reasons if self.image else ("there is none",)


class PullError(ImageError):
    """The engine cannot pull an image."""


class BaseUnreachableError(ImageError):
    """The engine does not have the base and cannot fetch it."""


def state_of(settings: Settings, engine_name: str, machine: Machine) -> State:
    """Inspect the image of these settings."""
    from sygaldry.flows.image.recipe import current_recipe
    from sygaldry.flows.runtime.images import engine_for
    from sygaldry.image.staleness import Verdict, judge

    engine = engine_for(engine_name, machine)
    recipe = current_recipe(settings, engine)
    image = engine.image(settings.image)
    verdict = judge(settings.image, image.labels, recipe) if image else Verdict(ours=True)
    return State(engine, settings, machine, recipe, image, verdict)
