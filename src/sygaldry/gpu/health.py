"""What became worse between two looks at the same GPUs: events, memory errors, throttling, and GPUs that are lost."""

from typing import Final

from sygaldry.gpu.facts import Facts
from sygaldry.gpu.gpus import Gpu
from sygaldry.gpu.probes import nvml
from sygaldry.gpu.severity import Severity
from sygaldry.gpu.unknown import Unknown
from sygaldry.gpu.xids import meaning

_HARDWARE_THROTTLE: Final = 0x08 | 0x40 | 0x80  # nvml.h: hardware slowdown, hardware thermal, power brake


def health_news(before: Facts, after: Facts) -> dict[str, str]:
    """Name what is new, by kind; an empty text means that nothing is."""
    return {
        "lost": _lost(before, after),
        "xid": _xids(before, after),
        "memory": _memory(before, after),
        "throttle": _throttle(after),
    }


def _gpus(facts: Facts) -> tuple[Gpu, ...]:
    return () if isinstance(facts.nvml, Unknown) else facts.nvml.gpus


def _lost(before: Facts, after: Facts) -> str:
    if isinstance(before.nvml, Unknown) or before.nvml.code != nvml.OK:
        return ""
    if isinstance(after.nvml, Unknown):
        return f"NVML no longer answers: {after.nvml.reason}"
    if after.nvml.code != nvml.OK:
        return f"NVML answers {after.nvml.code}, and answered before"
    well = {gpu.index for gpu in before.nvml.gpus if not gpu.error}
    gone = [gpu for gpu in after.nvml.gpus if gpu.error and gpu.index in well]
    if gone:
        return f"GPU {gone[0].index} answers NVML {gone[0].error}"
    fewer = len(after.nvml.gpus) < len(before.nvml.gpus)
    return f"{len(after.nvml.gpus)} of {len(before.nvml.gpus)} GPUs are left" if fewer else ""


def _xids(before: Facts, after: Facts) -> str:
    if isinstance(after.kernel_log, Unknown):
        return ""
    known = 0 if isinstance(before.kernel_log, Unknown) else len(before.kernel_log.xids)
    grave = [event for event in after.kernel_log.xids[known:] if meaning(event.number).severity is not Severity.INFO]
    return f"Xid {grave[-1].number} on {grave[-1].address}: {grave[-1].text[:120]}" if grave else ""


def _memory(before: Facts, after: Facts) -> str:
    earlier = {gpu.index: gpu.remapped for gpu in _gpus(before)}
    for gpu in _gpus(after):
        was = earlier.get(gpu.index)
        if gpu.remapped and was and (gpu.remapped[1] > was[1] or gpu.remapped[3] > was[3]):
            return f"GPU {gpu.index}: uncorrectable memory errors since the beginning"
        if gpu.recovery > 0:
            return f"GPU {gpu.index}: the driver advises a recovery ({gpu.recovery})"
    return ""


def _throttle(after: Facts) -> str:
    hot = [gpu.index for gpu in _gpus(after) if gpu.throttle & _HARDWARE_THROTTLE]
    return f"the hardware slows GPU {hot[0]} down" if hot else ""
