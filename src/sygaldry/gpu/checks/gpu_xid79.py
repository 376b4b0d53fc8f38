"""Did a GPU fall off the bus?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Reboot, Severity, by_hand
from sygaldry.gpu.checks._judges import xid_evidence
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.gpus import GPU_LOST
from sygaldry.gpu.unknown import NotApplicableError, Unknown

# The system processor does not answer, an uncorrectable memory error, a halted engine, a lost link.
_OTHER_CAUSES: Final = frozenset({48, 62, 74, 95, 119, 120, 140})


def _judge(facts: Facts) -> Evidence | None:
    if not isinstance(facts.nvml, Unknown):
        lost = [str(gpu.index) for gpu in facts.nvml.gpus if gpu.error == GPU_LOST]
        if lost and _has_other_cause(facts):
            raise NotApplicableError("the kernel log names why the GPU does not answer")
        if lost:
            logged = None if isinstance(facts.kernel_log, Unknown) else xid_evidence(facts, 79)
            more = f"; {logged.text}" if logged else ""
            return Evidence(f"NVML has lost GPU {', '.join(lost)} of {len(facts.nvml.gpus)}{more}")
    return xid_evidence(facts, 79)


def _has_other_cause(facts: Facts) -> bool:
    """Whether the log has a recovery event of another cause, and nothing about the bus."""
    if isinstance(facts.kernel_log, Unknown) or facts.kernel_log.saying("fallen off the bus"):
        return False
    numbers = {xid.number for xid in facts.kernel_log.xids}
    return bool(numbers & _OTHER_CAUSES) and 79 not in numbers


CHECK: Final = Check(
    id="gpu.xid79",
    title="A GPU has fallen off the bus",
    severity=Severity.BLOCKS,
    why="The GPU no longer answers on PCI Express. Power, heat, a loose card or a broken one; a reset cannot reach it.",
    steps=(
        by_hand("drain the machine, power it off and on (a warm reboot is not enough)"),
        by_hand("if it comes back: reseat the card, check power and cooling; repeated: return the card"),
    ),
    source="NVIDIA Xid catalogue, 79: RESTART_BM",
    judge=_judge,
    reboot=Reboot.YES,
    hides=(
        "drv.kernel-line",
        "gpu.xid154",
        "gpu.xid119",
        "gpu.xid74",
        "gpu.xid-application",
        "gpu.xid48",
        "gpu.recovery",
        "drv.rminit",
        "drv.hang",
        "cuda.*",
        "jax.*",
    ),
)
