"""Which GPU runs which compiled kernels.

https://docs.nvidia.com/cuda/ada-compatibility-guide/ : a cubin runs on its own major version from its own minor
version upwards; PTX is compiled by the driver for anything newer; `9.0a` runs on that chip alone.
"""

import re
from dataclasses import dataclass
from typing import Final

from sygaldry.gpu.compatibility import Capability

_ENTRY: Final = re.compile(r"(?:sm_|compute_)?(\d{1,2})\.?(\d)([af]?)((?:\+PTX)?)", re.IGNORECASE)


@dataclass(frozen=True)
class Architectures:
    """What an environment was compiled for: machine code (SASS), code for one chip alone, and PTX."""

    sass: frozenset[Capability] = frozenset()
    exact: frozenset[Capability] = frozenset()
    ptx: frozenset[Capability] = frozenset()

    def runs_natively(self, gpu: Capability) -> bool:
        """Whether machine code for this GPU is there."""
        return gpu in self.exact or any(gpu[0] == each[0] and gpu[1] >= each[1] for each in self.sass)

    def runs_by_compiling(self, gpu: Capability) -> bool:
        """Whether the driver can compile PTX for this GPU."""
        return any(each <= gpu for each in self.ptx)

    def from_capability(self, lowest: Capability) -> "Architectures":
        """Leave out what a toolkit no longer compiles for."""
        return Architectures(
            frozenset(each for each in self.sass if each >= lowest),
            frozenset(each for each in self.exact if each >= lowest),
            frozenset(each for each in self.ptx if each >= lowest),
        )

    def text(self) -> str:
        """Write the list as Spack's cuda_arch does."""
        names = [f"{major}{minor}" for major, minor in sorted(self.sass)]
        names += [f"{major}{minor}a" for major, minor in sorted(self.exact)]
        names += [f"{major}{minor}+PTX" for major, minor in sorted(self.ptx)]
        return ",".join(names)


def parse_architectures(text: str) -> Architectures:
    """Read `61,75,90`, `8.0 9.0+PTX` or `sm_80 compute_90`; raises ValueError for anything else."""
    sass: set[Capability] = set()
    exact: set[Capability] = set()
    ptx: set[Capability] = set()
    for word in re.split(r"[\s,;]+", text.strip()):
        found = _ENTRY.fullmatch(word)
        if found is None:
            raise ValueError(f"{word!r} is not a CUDA architecture such as 90, 9.0 or sm_90")
        capability = (int(found.group(1)), int(found.group(2)))
        if word.lower().startswith("compute_"):
            ptx.add(capability)
            continue
        # `a` is for one chip alone; `f` is for the rest of its family, as plain machine code is
        (exact if found.group(3).lower() == "a" else sass).add(capability)
        if found.group(4):
            ptx.add(capability)
    return Architectures(frozenset(sass), frozenset(exact), frozenset(ptx))
