"""The inputs of an image: the files, the arguments and the base."""

from __future__ import annotations

from sygaldry.model.value import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from sygaldry.config.settings import Settings

DOCKERFILE = "dev_container.dockerfile"
# The toolchains in the order of their steps: what changes seldom comes first.
STEPS = ("tools", "compilers", "llvm", "spack", "uv", "python", "go", "rust", "bazel")
EPOCH = 1735689600  # the time of every file that a build creates: 2025-01-01
CONTEXT = ("artifacts.json", "image")  # the parts of container/ in the build context, besides the Dockerfile


@dataclass(frozen=True)
class Recipe:
    """Everything that determines the content of the image; equal recipes build equal images.

    `files` maps each file of the build context to the SHA-256 of its content. `base_id` is the engine's digest of the
    base; it is empty while the engine does not have the base.
    """

    arguments: Mapping[str, str]
    files: Mapping[str, str]
    base: str
    base_id: str = ""


def build_arguments(settings: Settings) -> dict[str, str]:
    """Return the build arguments. The address of a download is not among them: its checksum identifies it."""
    return {
        "BASE_IMAGE": settings.base_image,
        "TOOLCHAINS": " ".join(sorted(frozenset(settings.toolchains) - {"none"})) or "none",
        "BAZEL_VERSION": settings.bazel_version,
        "PYTHON_VERSION": settings.python_version,
        "RUST_VERSION": settings.rust_version,
        **({"PACKAGES": " ".join(sorted(settings.packages))} if settings.packages else {}),
    }
