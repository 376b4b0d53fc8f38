"""Is there memory left on the GPUs?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known


def _judge(facts: Facts) -> Evidence | None:
    full = [
        gpu
        for gpu in known(facts.nvml).gpus
        if gpu.processes and gpu.memory_bytes and 0 <= gpu.free_bytes < gpu.memory_bytes // 10
    ]
    if not full:
        return None
    users = ", ".join(f"pid {pid} ({used // 2**20} MiB)" for pid, used in full[0].processes[:4])
    return Evidence(
        f"GPU {full[0].index} has {full[0].free_bytes // 2**20} of {full[0].memory_bytes // 2**20} MiB free; {users}"
    )


CHECK: Final = Check(
    id="gpu.busy",
    title="Other programs hold the GPU's memory",
    severity=Severity.WARNING,
    why="A new program will find too little memory; the GPU itself is well.",
    steps=(
        user("nvidia-smi --query-compute-apps=pid,name,used_memory --format=csv"),
        by_hand("let them finish, or choose another GPU with CUDA_VISIBLE_DEVICES"),
    ),
    source="NVML running processes",
    judge=_judge,
)
