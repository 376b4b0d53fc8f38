"""Was the kernel module built for the running kernel?"""

from shlex import quote
from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, Step, root, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known


def _judge(facts: Facts) -> Evidence | None:
    kernel, packages = known(facts.kernel), known(facts.packages)
    if kernel.loaded or kernel.has_module or not any(device.kind == "gpu" for device in known(facts.pci)):
        return None
    if not packages.has_driver and not packages.dkms:
        return None
    built = ", ".join(
        f"{build.version} for {build.kernel or 'no kernel'}: {build.state}" for build in packages.dkms or ()
    )
    return Evidence(
        f"no nvidia module for kernel {kernel.release}; dkms says {built or 'nothing'}",
        _steps(quote(kernel.release)),
    )


def _steps(release: str) -> tuple[Step, ...]:
    return (
        root(f"apt-get install linux-headers-{release}"),
        root(f"dkms autoinstall -k {release}"),
        user("tail -n 40 /var/lib/dkms/nvidia/*/build/make.log"),
        root("modprobe nvidia"),
    )


CHECK: Final = Check(
    id="drv.dkms",
    title="The NVIDIA kernel module was not built for the running kernel",
    severity=Severity.BLOCKS,
    why="A kernel upgrade needs a new build of the module, and that build failed or never ran, usually for want "
    "of the kernel's headers. Signed, prebuilt linux-modules-nvidia packages avoid the build.",
    steps=_steps("$(uname -r)"),
    source="elementary/os issue 155; NVIDIA/nvidia-docker issue 365",
    judge=_judge,
    hides=("drv.notloaded", "ctr.*", "cuda.*", "torch.*", "jax.*", "drv.libcuda-missing"),
)
