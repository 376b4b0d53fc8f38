"""Has every GPU joined the NVLink fabric?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, root, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import NotApplicableError, known

_COMPLETED: Final = 3
_WORDS: Final = {0: "not supported", 1: "not started", 2: "in progress"}


def _judge(facts: Facts) -> Evidence | None:
    states = [(gpu.index, gpu.fabric) for gpu in known(facts.nvml).gpus if gpu.fabric > 0]
    if not states:
        raise NotApplicableError("no GPU reports a fabric")
    open_ones = [(index, state) for index, state in states if state != _COMPLETED]
    if not open_ones:
        return None
    index, state = open_ones[0]
    return Evidence(
        f"the fabric state of GPU {index} is {_WORDS.get(state, state)} ({len(open_ones)} of {len(states)} GPUs)"
    )


CHECK: Final = Check(
    id="fm.state",
    title="A GPU has not joined the NVLink fabric",
    severity=Severity.BLOCKS,
    why="The fabric manager runs but has not finished with this GPU; NVLink multicast (NVLS) and traffic "
    "between GPUs fail. From NVLink 5 on (B200) the manager also needs nvlsm and the modules ib_umad and mlx5_ib: "
    "without them cuInit answers 802.",
    steps=(
        user("nvidia-smi -q | grep -A3 Fabric"),
        root("modprobe -a ib_umad mlx5_ib"),
        root("systemctl restart nvidia-fabricmanager"),
        user("journalctl -u nvidia-fabricmanager -n 40 --no-pager"),
    ),
    source="nvml.h nvmlGpuFabricState_t; pytorch/ci-infra issue 541; NVIDIA/gpu-operator issue 2781",
    judge=_judge,
    hides=("cuda.init",),
)
