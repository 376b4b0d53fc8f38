"""What an environment brings: its CUDA, the GPUs it has kernels for, and its compatibility library."""

import re
from dataclasses import dataclass, field
from typing import Final

from sygaldry.gpu.architectures import Architectures, parse_architectures
from sygaldry.gpu.compat_note import CUDA_12_9, CompatNote, known_note
from sygaldry.gpu.compatibility import Capability, table
from sygaldry.gpu.versions import Version, parse_version

DEFAULT_ARCHITECTURES: Final = "61,75,80,86,89,90"
_ARCH: Final = re.compile(r"\bcuda_arch\s*[=:]+\s*\[?\s*([\d.,\saf]*\d[af]?)")
_PROMISE: Final = re.compile(r"(?<![~-])\+cuda\b|\bcuda_arch\s*[=:]|^\s*-?\s*cuda@", re.MULTILINE)
_BASE: Final = re.compile(r"(?:nvidia|sygaldry)/cuda:(\d+\.\d+)")


@dataclass(frozen=True)
class ImageFacts:
    """`note` is None where there is no compatibility library, so that forward compatibility is out of the question."""

    cuda: Version = (12, 9)
    architectures: Architectures = field(default_factory=lambda: parse_architectures(DEFAULT_ARCHITECTURES))
    note: CompatNote | None = CUDA_12_9
    manifest: str = "pkg/zephyr/spack_src.yaml"  # where the architectures are declared
    promises_cuda: bool = True  # whether the environment names CUDA builds

    @property
    def lowest(self) -> Capability:
        """The lowest architecture that the environment's CUDA still compiles for."""
        return table().lowest.get(self.cuda[0], (0, 0))

    @property
    def built_for(self) -> Architectures:
        """The declared architectures without those that its CUDA dropped."""
        return self.architectures.from_capability(self.lowest)


def image_facts(manifest: str = "", base: str = "", note: CompatNote | None = None) -> ImageFacts:
    """Gather what is known before the start: from the Spack manifest's text, and the name of the base image.

    Only NVIDIA's own bases carry a compatibility library; `note` is that of one on disk. Raises ValueError for
    architectures that are none.
    """
    found = _ARCH.search(manifest)
    plain = "\n".join(line.partition("#")[0] for line in manifest.splitlines())
    version = _BASE.search(base)
    cuda = parse_version(version.group(1)) if version else None
    is_ours = version is not None and version.group(0).startswith(
        "sygaldry/"
    )  # from wheels, which have no such library
    return ImageFacts(
        cuda=cuda or (12, 9),
        architectures=parse_architectures(found.group(1) if found else DEFAULT_ARCHITECTURES),
        promises_cuda=not plain.strip() or bool(_PROMISE.search(plain)),
        note=note if note is not None and note.cuda == cuda else None if is_ours else known_note(cuda),
    )
