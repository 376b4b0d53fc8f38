"""Does the driver answer at all?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Reboot, Severity, by_hand, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import Unknown


def _judge(facts: Facts) -> Evidence | None:
    silent = [name for name in ("nvml", "nvidia-smi", "cuda") if "no answer" in facts.trouble.get(name, "")]
    if silent:
        return Evidence(f"{silent[0]}: {facts.trouble[silent[0]]}")
    if isinstance(facts.kernel_log, Unknown):
        return None
    lines = [
        line
        for line in facts.kernel_log.lines
        if "blocked for more than" in line and ("nv" in line or "python" in line)
    ]
    return Evidence(lines[-1]) if lines else None


CHECK: Final = Check(
    id="drv.hang",
    title="The driver does not answer",
    severity=Severity.BLOCKS,
    why="A question to the driver never came back; the process that asked is stuck in the kernel and cannot be "
    "killed. Usually a GPU was lost: look for Xid events.",
    steps=(
        user("ps -eo pid,stat,wchan:32,comm | grep ' D'"),
        by_hand("reboot the machine; power it off and on if that hangs too"),
    ),
    source="leptonai/gpud issue 117",
    judge=_judge,
    reboot=Reboot.YES,
    hides=("drv.notloaded", "ctr.*", "cuda.*", "torch.*", "jax.*", "gpu.recovery", "drv.libcuda-missing"),
)
