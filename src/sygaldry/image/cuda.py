"""CUDA bases made from NVIDIA's wheels, for sites without NVIDIA's registry: which there are and how one is made.

What the wheels hold was measured: the 12.9 ones lack nvcc and its parts, so that only a base to run on can be made of
them; the 13.0 ones are complete. docs/how-to/cuda-without-a-registry.md
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sygaldry.image import labels
from sygaldry.image.base import Archive
from sygaldry.image.base import tag as plain_tag
from sygaldry.image.names import CUDA_PREFIX
from sygaldry.model.command import Command

LICENCE: Final = "https://docs.nvidia.com/cuda/eula/"
# The oldest glibc that all of the wheels accept; each wheel names the one that it was built on. pip does not take
# manylinux2014 for the manylinux_2_17 that it stands for: https://peps.python.org/pep-0600/#legacy-manylinux-tags
_PLATFORMS: Final = tuple(f"manylinux{each}_x86_64" for each in ("_2_28", "_2_27", "_2_25", "_2_17", "2014", "_2_5"))


@dataclass(frozen=True)
class Edition:
    """A CUDA base: its version and whether programs can be compiled in it."""

    name: str
    version: str
    flavour: str
    about: str

    def tag(self, suite: str) -> str:
        """Name the image: the version is where the GPU gate reads it from NVIDIA's own bases, too."""
        return f"{CUDA_PREFIX}{self.version}-{self.flavour}-{suite}"

    @property
    def requirements(self) -> str:
        """Name the file that pins its wheels by sha256."""
        return f"{self.name}.txt"


EDITIONS: Final = {
    each.name: each
    for each in (
        Edition("13", "13.0.2", "devel", "CUDA 13.0.2 with nvcc for sm_75 and newer, cuDNN and NCCL"),
        Edition("12.9-runtime", "12.9.1", "runtime", "CUDA 12.9.1 to run on, with ptxas and NVRTC, without nvcc"),
    )
}


@dataclass(frozen=True)
class CudaBase:
    """The base that is wanted: an edition upon the plain base of a suite."""

    edition: Edition
    archive: Archive

    @property
    def tag(self) -> str:
        return self.edition.tag(self.archive.suite)

    @property
    def plain(self) -> str:
        return plain_tag(self.archive.suite)


def licence_terms(edition: Edition) -> str:
    """State the licence of the wheels of an edition."""
    return (
        f"{edition.about}: NVIDIA's wheels are under NVIDIA's own licence, {LICENCE}; you download them yourself, "
        "and the image must not be passed on to others"
    )


def download(python: str, requirements: str, folder: str) -> Command:
    """Fetch the pinned wheels with pip, which reads this site's own configuration and checks each sha256."""
    platforms = (word for each in _PLATFORMS for word in ("--platform", each))
    return Command((
        python, "-m", "pip", "--disable-pip-version-check", "download",
        "--no-deps", "--require-hashes", "--only-binary", ":all:",
        *platforms,
        "--dest", folder,
        "--requirement", requirements,
    ))  # fmt: skip


def build(engine: str, wanted: CudaBase, context: str) -> Command:
    """Format the build of the base."""
    return Command((
        engine, "build",
        "--file", f"{context}/cuda_base.dockerfile",
        "--build-arg", f"BASE={wanted.plain}",
        "--build-arg", f"CUDA={wanted.edition.version}",
        "--label", f"{labels.KIND}={labels.FOUNDATION}",
        "--tag", wanted.tag,
        context,
    ))  # fmt: skip
