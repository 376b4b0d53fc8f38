"""Did the GPU's own firmware load?"""

from typing import Final

from sygaldry.gpu.advice import recommended_branch
from sygaldry.gpu.checks import Check, Evidence, Reboot, Severity, by_hand, root, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known


def _judge(facts: Facts) -> Evidence | None:
    log = known(facts.kernel_log)
    lines = log.saying("Cannot initialize GSP firmware RM") or tuple(
        line for line in log.lines if "gsp_" in line and "failed with error" in line
    )
    return Evidence(lines[0]) if lines else None


CHECK: Final = Check(
    id="drv.gsp-fw",
    title="The GPU's firmware could not be loaded",
    severity=Severity.BLOCKS,
    why="The firmware files carry the driver's version in their folder and must come from the same release as the "
    "module.",
    steps=(
        user("ls /lib/firmware/nvidia/"),
        root(f"apt-get install --reinstall nvidia-firmware-{recommended_branch()}-server"),
        by_hand("reboot"),
    ),
    source="NVIDIA/open-gpu-kernel-modules issue 789",
    judge=_judge,
    reboot=Reboot.YES,
    hides=("drv.kernel-line", "drv.rminit", "ctr.*", "cuda.*", "torch.*", "jax.*"),
)
