"""Does the hardware slow the GPU down?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known

# nvml.h nvmlClocksEventReason*: what the hardware forces, not what idle clocks or a power limit ask for
_REASONS: Final = {0x08: "hardware slowdown", 0x20: "software thermal", 0x40: "hardware thermal", 0x80: "power brake"}


def _judge(facts: Facts) -> Evidence | None:
    for gpu in known(facts.nvml).gpus:
        reasons = [name for bit, name in _REASONS.items() if gpu.throttle & bit]
        if reasons:
            return Evidence(f"GPU {gpu.index} is slowed down: {', '.join(reasons)} (NVML)")
    return None


CHECK: Final = Check(
    id="gpu.throttle",
    title="The hardware slows the GPU down",
    severity=Severity.WARNING,
    why="Heat or the power supply forces lower clocks. Results are right, and late.",
    steps=(
        user("nvidia-smi --query-gpu=index,temperature.gpu,power.draw,clocks_event_reasons.active --format=csv"),
        by_hand("check cooling, air flow and the power cables"),
    ),
    source="NVML clocks event reasons",
    judge=_judge,
)
