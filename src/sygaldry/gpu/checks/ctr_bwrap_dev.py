"""May a sandbox open the device nodes it shows?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, user
from sygaldry.gpu.checks._judges import denied
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import NotApplicableError, known


def _judge(facts: Facts) -> Evidence | None:
    if known(facts.platform).container:
        raise NotApplicableError("an engine's container, not a sandbox")
    path = denied(facts)
    return Evidence(f"{path} is there, but opening it is denied") if path else None


CHECK: Final = Check(
    id="ctr.bwrap-dev",
    title="The device nodes cannot be opened",
    severity=Severity.BLOCKS,
    why="bubblewrap's --bind mounts without devices; they must come with --dev-bind, after --dev /dev. Outside a "
    "sandbox, the node's mode or its group keeps the caller out.",
    steps=(
        user("ls -l /dev/nvidia*"),
        by_hand("sandbox: use --dev-bind; otherwise join the node's group, or reset its mode with nvidia-modprobe"),
    ),
    source="anthropics/claude-code issues 13108 and 64530",
    judge=_judge,
    hides=("cuda.*", "torch.*", "jax.*"),
)
