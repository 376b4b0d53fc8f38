"""Do containerd and CRI-O know the nvidia runtime?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, root, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import NotApplicableError, known


def _judge(facts: Facts) -> Evidence | None:
    cri = known(facts.cri)
    if not cri.kubernetes:
        raise NotApplicableError("no Kubernetes on this machine")
    if not cri.files:
        raise NotApplicableError("no configuration of containerd or CRI-O was recorded")
    if cri.disabled:
        return Evidence(f"{cri.disabled[0]} switches the CRI plugin off", severity=Severity.BLOCKS)
    return None if cri.nvidia else Evidence(f"{cri.files[0]} names no nvidia runtime, and CDI is not on")


CHECK: Final = Check(
    id="ctr.cri",
    title="Kubernetes' container engine does not know the nvidia runtime",
    severity=Severity.WARNING,
    why="Pods get GPUs through the nvidia runtime or CDI of containerd or CRI-O, and through the device plugin.",
    steps=(
        root("nvidia-ctk runtime configure --runtime=containerd"),
        root("systemctl restart containerd"),
        user("kubectl describe nodes | grep nvidia.com/gpu"),
    ),
    source="NVIDIA/gpu-operator issues 413 and 1323; k8s-device-plugin issue 479",
    judge=_judge,
)
