"""Does the loader know the folder that holds the driver?"""

from shlex import quote
from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, Step, by_hand, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.probes.libraries import OTHER_FOLDERS
from sygaldry.gpu.unknown import known


def _judge(facts: Facts) -> Evidence | None:
    libraries = known(facts.libraries)
    if libraries.has_cuda and libraries.has_nvml:
        return None
    if libraries.elsewhere:
        folder = libraries.elsewhere[0]
        return Evidence(f"the driver is in {folder}, where the loader does not look", (_steps(folder)))
    inside = known(facts.platform)
    if inside.container and inside.kubernetes and "/dev/nvidiactl" in facts.node_paths:
        return Evidence("a pod with device nodes, whose loader finds no libcuda.so.1", _steps(OTHER_FOLDERS[0]))
    return None


def _steps(folder: str) -> tuple[Step, ...]:
    return (user(f"export LD_LIBRARY_PATH={quote(folder)}:$LD_LIBRARY_PATH"), by_hand(_IN_IMAGE))


_IN_IMAGE: Final = "or in the image: name the folder in /etc/ld.so.conf.d and run ldconfig as the container starts"

CHECK: Final = Check(
    id="ctr.driver-folder",
    title="The loader does not know the folder of the driver",
    severity=Severity.BLOCKS,
    why="Kubernetes services, the GPU operator and NixOS put the driver into folders of their own, which only "
    "LD_LIBRARY_PATH or the loader's configuration makes known.",
    steps=_steps(OTHER_FOLDERS[0]),
    source="scverse/scvi-tools issue 3799; GKE documentation, running GPUs",
    judge=_judge,
    hides=("ctr.caps", "ctr.nolib", "drv.libcuda-missing", "drv.absent", "cuda.*", "torch.*", "jax.*"),
)
