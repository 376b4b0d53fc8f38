"""Could the driver start the GPU?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Reboot, Severity, by_hand
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import Unknown, known

_SIGNS: Final = (
    "RmInitAdapter failed", "rm_init_adapter failed", "assigned to your NVIDIA device is invalid", "is 0M @ 0x0",
    "nvidia: probe of",
)  # fmt: skip


def _judge(facts: Facts) -> Evidence | None:
    """Compare what is on the bus with what the driver took; the kernel log says why."""
    lines = () if isinstance(facts.kernel_log, Unknown) else facts.kernel_log.saying(*_SIGNS)
    left_out, taken = _counted(facts)
    severity = Severity.DEGRADES if taken else Severity.BLOCKS
    why = f"; {lines[0].strip()}" if lines else ""
    if left_out:
        return Evidence(
            f"no driver took {left_out[0]} ({len(left_out)} of {len(left_out) + taken} GPUs){why}", (), severity
        )
    if (
        lines
        and not isinstance(facts.nvml, Unknown)
        and facts.nvml.gpus
        and not any(gpu.error for gpu in facts.nvml.gpus)
    ):
        return Evidence(lines[0].strip(), (), Severity.WARNING)  # the GPU came up after all
    if lines:
        return Evidence(lines[0].strip())
    known(facts.kernel_log)
    return None


def _counted(facts: Facts) -> tuple[list[str], int]:
    """Return the addresses of the GPUs that no driver holds, and how many the NVIDIA driver holds."""
    if isinstance(facts.pci, Unknown) or isinstance(facts.kernel, Unknown) or not facts.kernel.loaded:
        return [], 0
    if not isinstance(facts.platform, Unknown) and facts.platform.container:
        return [], 0  # a container sees the whole bus, and only some of the GPUs
    gpus = [device for device in facts.pci if device.kind == "gpu"]
    return [device.address for device in gpus if not device.driver], sum(device.driver == "nvidia" for device in gpus)


CHECK: Final = Check(
    id="drv.rminit",
    title="The driver could not start a GPU",
    severity=Severity.BLOCKS,
    why="The module is loaded but a device does not come up: address space (BAR of 0), power, or firmware.",
    steps=(
        by_hand("switch on Above 4G Decoding and Resizable BAR in the firmware setup, check the power cables"),
        by_hand("virtual machine: give it enough 64-bit MMIO space for every GPU"),
        by_hand("power the machine off and on; a warm reboot leaves the GPU as it is"),
    ),
    source="NVIDIA/open-gpu-kernel-modules osinit.c and issue 862",
    judge=_judge,
    reboot=Reboot.YES,
    hides=("ctr.*", "cuda.*", "torch.*", "jax.*", "drv.kernel-line"),
)
