"""Does the fabric manager find every NVSwitch?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Reboot, Severity, by_hand, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known


def _judge(facts: Facts) -> Evidence | None:
    log = known(facts.services).fabric_log
    line = next((line for line in log.splitlines() if "detected number of NVSwitches don't match" in line), "")
    return Evidence(line.strip()) if line else None


CHECK: Final = Check(
    id="fm.topology",
    title="An NVSwitch is missing",
    severity=Severity.BLOCKS,
    why="The number of switches fits no machine that NVIDIA knows: one of them has failed or is not seen on the bus.",
    steps=(
        user("lspci -d 10de:"),
        by_hand("power the machine off and on; if a switch stays away, call the vendor"),
    ),
    source="leptonai/gpud fabric-manager log matcher",
    judge=_judge,
    reboot=Reboot.YES,
    hides=("fm.down", "cuda.*", "torch.*", "jax.*"),
)
