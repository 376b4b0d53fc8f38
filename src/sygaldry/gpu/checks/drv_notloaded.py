"""Is the kernel module that lies on disk loaded?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known


def _judge(facts: Facts) -> Evidence | None:
    kernel = known(facts.kernel)
    if kernel.loaded or not kernel.has_module or not any(device.kind == "gpu" for device in known(facts.pci)):
        return None
    return Evidence(
        f"module {kernel.on_disk or 'nvidia.ko'} is on disk for kernel {kernel.release}; "
        "/proc/driver/nvidia/version is absent"
    )


CHECK: Final = Check(
    id="drv.notloaded",
    title="The NVIDIA kernel module is not loaded",
    severity=Severity.BLOCKS,
    why="The module is there for the running kernel but nothing loaded it; what modprobe prints is the next clue.",
    steps=(root("modprobe nvidia"), root("modprobe nvidia_uvm")),
    source="NVML return code 9; nvidia-smi's own message",
    judge=_judge,
    hides=("ctr.*", "cuda.*", "torch.*", "jax.*", "drv.uvm-missing", "drv.libcuda-missing"),
)
