"""Are the driver's libraries and its loaded kernel module of one version?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Reboot, Severity, by_hand, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.probes import nvml
from sygaldry.gpu.unknown import Unknown, known
from sygaldry.gpu.versions import same_driver


def _judge(facts: Facts) -> Evidence | None:
    kernel, libraries = known(facts.kernel), known(facts.libraries)
    loaded, library = kernel.loaded, libraries.nvml_version
    if loaded and library and not same_driver(loaded, library):
        evidence = f"loaded module {loaded} (/proc/driver/nvidia/version), library {library} (libnvidia-ml.so.1)"
        return Evidence(evidence, _RELOAD if same_driver(kernel.on_disk, library) else _REBUILD)
    if not isinstance(facts.nvml, Unknown) and facts.nvml.code == nvml.VERSION_MISMATCH:
        return Evidence(
            f"NVML answers 18 (version mismatch); loaded module {loaded or 'unknown'}, library {library or 'unknown'}"
        )
    return None


_RELOAD = (
    root("fuser -v /dev/nvidia*"),
    by_hand("stop what it lists: GPU containers, nvidia-persistenced, dcgm, the display manager"),
    root("modprobe -r nvidia_drm nvidia_modeset nvidia_uvm nvidia"),
    root("modprobe nvidia"),
    root("modprobe nvidia_uvm"),
)
_REBUILD = (
    root("dkms autoinstall"),
    by_hand("then reboot, or unload the old modules and load the new ones"),
)

CHECK: Final = Check(
    id="drv.mismatch",
    title="The driver's libraries and the loaded kernel module are of two versions",
    severity=Severity.BLOCKS,
    why="An upgrade replaced the libraries while the old module stayed in the kernel. Nothing that uses the GPU "
    "starts until both are of one version. Unattended upgrades do this overnight: hold the driver's packages "
    "to prevent it.",
    steps=_RELOAD,
    source="NVIDIA/open-gpu-kernel-modules osapi.c (API mismatch); NVML return code 18",
    judge=_judge,
    reboot=Reboot.MAYBE,
    hides=(
        "drv.kernel-line",
        "ctr.*",
        "cuda.*",
        "torch.*",
        "jax.*",
        "fm.*",
        "drv.libcuda-missing",
        "drv.uvm-missing",
        "drv.notloaded",
        "drv.apt-broken",
    ),
)
