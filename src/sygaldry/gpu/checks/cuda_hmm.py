"""Does CUDA fail on the heterogeneous memory management of the open modules?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Reboot, Severity, by_hand, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import Unknown, known


def _judge(facts: Facts) -> Evidence | None:
    answer = known(facts.cuda)
    if answer.code != 3:
        return None
    kernel = None if isinstance(facts.kernel, Unknown) else facts.kernel
    flavour = f"; the {kernel.flavour} module {kernel.loaded} is loaded" if kernel and kernel.flavour else ""
    option = "; uvm_disable_hmm is on already" if kernel and kernel.hmm_disabled else ""
    return Evidence(f"cuInit of {answer.loaded or 'libcuda.so.1'} answers 3 (not initialised){flavour}{option}")


CHECK: Final = Check(
    id="cuda.hmm",
    title="CUDA does not start: initialisation error",
    severity=Severity.BLOCKS,
    why="nvidia-smi works, but cuInit answers 3. With the open modules on some kernels the cause is "
    "heterogeneous memory "
    "management (HMM) of nvidia_uvm; a stale nvidia_uvm is the other known cause.",
    steps=(
        root("tee /etc/modprobe.d/nvidia-uvm.conf <<< 'options nvidia_uvm uvm_disable_hmm=1'"),
        by_hand("stop every program and container that uses the GPU"),
        root("modprobe -r nvidia_uvm"),
        root("modprobe nvidia_uvm"),
    ),
    source="NVIDIA/open-gpu-kernel-modules issues 901 and 947",
    judge=_judge,
    reboot=Reboot.MAYBE,
    hides=("cuda.init", "torch.*", "jax.*"),
)
