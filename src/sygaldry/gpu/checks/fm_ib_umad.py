"""Has the fabric manager of a B200 machine the InfiniBand module it waits for?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import NotApplicableError, known


def _judge(facts: Facts) -> Evidence | None:
    if not any(device.device.startswith(_B200) for device in known(facts.pci)):
        raise NotApplicableError("no B200 or GB200 on this machine")
    if "ib_umad" in known(facts.kernel).modules or known(facts.services).fabric_manager not in _WAITING:
        return None
    return Evidence("B200 on the bus, nvidia-fabricmanager does not come up, and the module ib_umad is not loaded")


_WAITING = ("failed", "activating")
_B200 = ("0x2901", "0x2941")

CHECK: Final = Check(
    id="fm.ib_umad",
    title="The fabric manager waits for the module ib_umad",
    severity=Severity.BLOCKS,
    why="On B200 and GB200 it reaches the switches over InfiniBand management datagrams.",
    steps=(
        root("modprobe ib_umad"),
        root("tee /etc/modules-load.d/ib_umad.conf <<< ib_umad"),
        root("systemctl restart nvidia-fabricmanager"),
    ),
    source="kairos-io CanvOS pull request 700",
    judge=_judge,
    hides=("fm.down", "cuda.*", "torch.*", "jax.*"),
)
