"""Which GPU runs which compiled kernels.

https://docs.nvidia.com/cuda/ada-compatibility-guide/ : a cubin runs on its own major version from its own minor
version upwards; PTX is compiled by the driver for anything newer; `9.0a` runs on that chip alone.
"""

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

Capability: TypeAlias = tuple[int, int]

# compute capability -> an example people know, for sentences
EXAMPLES: Final = {
    (6, 0): "P100", (6, 1): "GTX 10, P40", (7, 0): "V100", (7, 5): "T4, RTX 20", (8, 0): "A100", (8, 6): "A10, RTX 30",
    (8, 9): "L4, RTX 40", (9, 0): "H100, H200", (10, 0): "B200", (10, 3): "B300", (12, 0): "RTX 50", (12, 1): "GB10",
}  # fmt: skip
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
        (exact if found.group(3) else sass).add(capability)
        if found.group(4):
            ptx.add(capability)
    return Architectures(frozenset(sass), frozenset(exact), frozenset(ptx))
