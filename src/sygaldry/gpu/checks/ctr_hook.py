"""Does the toolkit's hook come to its end?"""

import re
from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, root, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known

_CRASH: Final = re.compile(r"nvc:\[(?:driver|nvcgo)\][^\n]*?(?:segfault|not enough memory)")


def _judge(facts: Facts) -> Evidence | None:
    lines = [line for line in known(facts.kernel_log).lines if _CRASH.search(line)]
    return Evidence(lines[-1].strip()[:200]) if lines else None


CHECK: Final = Check(
    id="ctr.hook",
    title="The container toolkit's hook fails before the container starts",
    severity=Severity.BLOCKS,
    why="In the legacy mode the hook asks the driver through a helper process, which has ten seconds and the limits "
    "of the engine. It crashes where it may not reserve memory (overcommit, ulimits) and gives up on a busy machine "
    "or one whose driver starts slowly. CDI needs no such helper.",
    steps=(
        root("nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml"),
        root("nvidia-ctk config --set nvidia-container-runtime.mode=cdi --in-place"),
        root("systemctl restart docker"),
        root("systemctl enable --now nvidia-persistenced"),
        user("sysctl vm.overcommit_memory; ulimit -a"),
    ),
    source="NVIDIA/nvidia-container-toolkit issues 236, 237, 1324 and 2102",
    judge=_judge,
)
