"""One GPU as NVML or nvidia-smi reports it."""

import re
from dataclasses import dataclass
from typing import Final

# nvml.h nvmlBrandType_t; the numbers in the note of a compatibility library are taken to be these.
BRANDS: Final = {
    0: "unknown", 1: "Quadro", 2: "Tesla", 3: "NVS", 4: "GRID", 5: "GeForce", 6: "Titan", 7: "NVIDIA vApps",
    8: "NVIDIA vPC", 9: "NVIDIA vCS", 10: "NVIDIA vWS", 11: "NVIDIA Cloud Gaming", 12: "Quadro RTX",
    13: "NVIDIA RTX", 14: "NVIDIA", 15: "GeForce RTX", 16: "Titan RTX",
}  # fmt: skip

CONSUMER: Final = frozenset({5, 6, 15, 16})
VIRTUAL: Final = frozenset({4, 7, 8, 9, 10, 11})
_VIRTUAL_NAME: Final = re.compile(r"-\d{1,3}(?:-\d+)?[ABCQ](?:ME)?$")
GPU_LOST: Final = 15


@dataclass(frozen=True)
class Gpu:
    """What is known of one GPU; None and -1 stand for what it did not report."""

    index: int
    name: str = ""
    uuid: str = ""
    address: str = ""
    brand: int = 0
    capability: tuple[int, int] | None = None
    error: int = 0  # the NVML code that kept us from reading it
    mig: tuple[int, int] | None = None  # now, after the next reset
    mig_devices: int = -1
    ecc: tuple[int, int] | None = None
    remapped: tuple[int, int, int, int] | None = None  # correctable, uncorrectable, pending, failure
    persistence: int = -1
    compute_mode: int = -1
    recovery: int = -1
    fabric: int = -1
    memory_bytes: int = 0
    free_bytes: int = -1
    processes: tuple[tuple[int, int], ...] = ()  # pid and bytes
    licence: str = ""  # of a virtual GPU: licensed, unlicensed, or empty where it was not asked
    nvlinks: tuple[int, int] | None = None  # active and all
    throttle: int = 0  # NVML's bits of the reasons for lower clocks
    pcie_width: tuple[int, int] | None = None  # now and at most
    memory_error: int = 0  # the NVML code that kept us from reading its memory

    @property
    def is_virtual(self) -> bool:
        """Whether it is a virtual GPU, whose name ends in its profile and which needs a licence."""
        return self.brand in VIRTUAL or bool(_VIRTUAL_NAME.search(self.name))

    @property
    def sm(self) -> str:
        return f"sm_{self.capability[0]}{self.capability[1]}" if self.capability else "of unknown architecture"


def brand_from_name(name: str) -> int:
    """Guess a brand from a name, for tools that do not report it; 0 if the name gives none."""
    low = name.lower()
    for word, brand in (
        ("geforce", 5),
        ("titan", 6),
        ("quadro rtx", 12),
        ("quadro", 1),
        ("rtx", 13),
        ("grid", 4),
    ):
        if word in low:
            return brand
    return 14 if low.startswith(("nvidia ", "tesla ")) else 0
