"""What an image is made from: the files, the arguments, and the base it stands upon."""

from __future__ import annotations

from sygaldry.model.value import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from sygaldry.config.settings import Settings

DOCKERFILE = "dev_container.dockerfile"
CONTEXT = ("artifacts.json", "image")  # what of container/ goes into the build context, besides the Dockerfile


@dataclass(frozen=True)
class Recipe:
    """Everything that decides what is in the image; two equal recipes make the same one.

    `files` maps each file of the build context to the SHA-256 of its content. `base_id` is the engine's digest of the
    base, empty while the engine has not got it.
    """

    arguments: Mapping[str, str]
    files: Mapping[str, str]
    base: str
    base_id: str = ""


def build_arguments(settings: Settings) -> dict[str, str]:
    """Return the build arguments. Where downloads come from is none of them: the checksum says what they are."""
    return {
        "BASE_IMAGE": settings.base_image,
        "TOOLCHAINS": " ".join(sorted(frozenset(settings.toolchains) - {"none"})) or "none",
        "BAZEL_VERSION": settings.bazel_version,
        "PYTHON_VERSION": settings.python_version,
        "RUST_VERSION": settings.rust_version,
    }
