"""May another program use the GPU?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, root, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import Unknown, known


def _judge(facts: Facts) -> Evidence | None:
    gpus = [] if isinstance(facts.nvml, Unknown) else list(facts.nvml.gpus)
    shut = [gpu for gpu in gpus if gpu.compute_mode == 2 or (gpu.compute_mode in (1, 3) and gpu.processes)]
    if shut:
        pids = ", ".join(str(pid) for pid, _ in shut[0].processes) or "no process"
        return Evidence(f"GPU {shut[0].index} is in compute mode {_MODES[shut[0].compute_mode]}, used by {pids}")
    if known(facts.cuda).code == 46:
        return Evidence("cuInit answers 46: the device is busy or unavailable")
    return None


_MODES = {1: "exclusive thread", 2: "prohibited", 3: "exclusive process"}

CHECK: Final = Check(
    id="gpu.compute-mode",
    title="The GPU is in a mode that shuts others out",
    severity=Severity.BLOCKS,
    why="In an exclusive mode one process owns the GPU, in the prohibited mode no process may use it.",
    steps=(user("nvidia-smi"), root("nvidia-smi -c 0"), by_hand("or let the process that owns it end")),
    source="cuda.h error 46; nvidia-smi manual",
    judge=_judge,
    hides=("cuda.visible",),
)
