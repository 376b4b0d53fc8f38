"""Recorded values outside the tables that the checks know: evidence that nobody judged is never health."""

from collections.abc import Iterator
from typing import Final

from sygaldry.gpu.cuda_codes import CODES
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.gpus import BRANDS
from sygaldry.gpu.unknown import Unknown

# nvml.h: nvmlDeviceGpuRecoveryAction_t, nvmlComputeMode_t, nvmlGpuFabricState_t, the bits of the clocks event reasons
_RECOVERY: Final = range(-1, 5)
_COMPUTE_MODES: Final = range(-1, 4)
_FABRIC: Final = range(-1, 4)
_THROTTLE_BITS: Final = 0x1FF
_LICENCES: Final = frozenset({"", "licensed", "unlicensed"})
_NVML_CODES: Final = frozenset((*range(30), 999))
_SERVICE_STATES: Final = frozenset({
    "", "active", "inactive", "failed", "activating", "deactivating", "reloading", "unknown", "maintenance",
})  # fmt: skip


def unjudged(facts: Facts) -> tuple[str, ...]:
    """Name every recorded value that no check understands."""
    return tuple(_values(facts))


def _values(facts: Facts) -> Iterator[str]:
    if not isinstance(facts.cuda, Unknown) and facts.cuda.code not in CODES:
        yield f"the code {facts.cuda.code} of cuInit"
    if not isinstance(facts.nvml, Unknown):
        if facts.nvml.code not in _NVML_CODES:
            yield f"the code {facts.nvml.code} of NVML"
        yield from _gpu_values(facts)
    if not isinstance(facts.services, Unknown):
        for name in ("fabric_manager", "persistenced", "imex"):
            state = getattr(facts.services, name)
            if state not in _SERVICE_STATES:
                yield f"the state {state!r} of the service {name}"


def _gpu_values(facts: Facts) -> Iterator[str]:
    for gpu in facts.gpus:
        tables = (
            ("recovery action", gpu.recovery, gpu.recovery in _RECOVERY),
            ("compute mode", gpu.compute_mode, gpu.compute_mode in _COMPUTE_MODES),
            ("fabric state", gpu.fabric, gpu.fabric in _FABRIC),
            ("brand", gpu.brand, gpu.brand in BRANDS or gpu.brand > max(BRANDS)),
            ("licence", gpu.licence, gpu.licence in _LICENCES),
            ("throttle reasons", gpu.throttle, not gpu.throttle & ~_THROTTLE_BITS),
            ("error", gpu.error, gpu.error in _NVML_CODES),
            ("memory error", gpu.memory_error, gpu.memory_error in _NVML_CODES),
        )
        for name, value, known in tables:
            if not known:
                yield f"the {name} {value!r} of GPU {gpu.index}"
