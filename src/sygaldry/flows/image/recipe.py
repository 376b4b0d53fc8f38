"""Gather the recipe of the image from the settings, the files and the engine."""

from __future__ import annotations

import os

from sygaldry.flows.image.pins import ARTIFACTS, artifacts_with_pins
from sygaldry.image.key import fingerprint
from sygaldry.image.recipe import CONTEXT, DOCKERFILE, Recipe, build_arguments
from sygaldry.layout import layout
from sygaldry.model.errors import ImageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from sygaldry.config.settings import Settings
    from sygaldry.flows.runtime.images import Engine


def current_recipe(settings: Settings, engine: Engine) -> Recipe:
    """Return the recipe for the image of these settings."""
    base = engine.image(settings.base_image)
    return recipe_for_base(settings, base.content if base else "")


def recipe_for_base(settings: Settings, base_id: str) -> Recipe:
    """Return the recipe for a base whose id is known."""
    folder = layout().container
    files = {name: fingerprint(context_file(settings, folder, name)) for name in context_files(folder)}
    return Recipe(build_arguments(settings), files, settings.base_image, base_id)


def context_files(folder: str) -> tuple[str, ...]:
    """List the files of container/ in the build context, sorted, without leftovers of editors or Python."""
    found = (DOCKERFILE, *(name for each in CONTEXT for name in _below(folder, each)))
    return tuple(sorted(found))


def context_file(settings: Settings, folder: str, name: str) -> bytes:
    """Return the content of a file of the build context. Raises SettingError for a version without a pin."""
    content = _content(f"{folder}/{name}")
    return artifacts_with_pins(settings, content) if name == ARTIFACTS else content


def _below(folder: str, name: str) -> Iterator[str]:
    path = f"{folder}/{name}"
    if not os.path.isdir(path):
        yield name
        return
    for each in sorted(os.listdir(path)):
        if each.endswith((".sh", ".py")):
            yield f"{name}/{each}"


def _content(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise ImageError(
            f"cannot read {path}: {error.strerror}", hint="is this checkout complete? git status container"
        ) from error
