"""Is the fabric manager of an NVSwitch machine running?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, root, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import CouldNotCheckError, NotApplicableError, Unknown, known


def _judge(facts: Facts) -> Evidence | None:
    switches = [device for device in known(facts.pci) if device.kind == "nvswitch"]
    if not switches:
        raise NotApplicableError("no NVSwitch on this machine")
    state = known(facts.services).fabric_manager
    waiting = not isinstance(facts.cuda, Unknown) and facts.cuda.code == 802
    if state == "active" and not waiting:
        return None
    if not state and not waiting:
        raise CouldNotCheckError("systemctl did not report the state of nvidia-fabricmanager")
    code = "; cuInit answers 802 (system not yet initialised)" if waiting else ""
    return Evidence(f"{len(switches)} NVSwitches, nvidia-fabricmanager is {state or 'unknown'}{code}")


CHECK: Final = Check(
    id="fm.down",
    title="The fabric manager is not running",
    severity=Severity.BLOCKS,
    why="On machines with NVSwitch no CUDA program starts until the fabric manager has joined the GPUs.",
    steps=(
        root("systemctl enable --now nvidia-fabricmanager"),
        user("journalctl -u nvidia-fabricmanager -n 40 --no-pager"),
    ),
    source="cuda.h error 802; pytorch/pytorch issue 81549",
    judge=_judge,
    hides=("fm.state", "cuda.*", "torch.*", "jax.*"),
)
