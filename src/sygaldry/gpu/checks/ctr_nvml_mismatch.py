"""Did an engine meet the two driver versions?"""

from typing import Final

from sygaldry.gpu.checks import Check, Reboot, Severity, by_hand, user

CHECK: Final = Check(
    id="ctr.nvml-mismatch",
    title="The engine meets two versions of the driver",
    severity=Severity.BLOCKS,
    why="The host's libraries and its loaded module differ; the container only shows it.",
    steps=(user("sygaldry gpu diagnose"), by_hand("follow drv.mismatch on the host")),
    source="libnvidia-container error text",
    reboot=Reboot.MAYBE,
)
