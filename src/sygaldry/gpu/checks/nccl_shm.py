"""Is /dev/shm large enough for several GPUs?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import OUTSIDE_CONTAINER, NotApplicableError, known


def _judge(facts: Facts) -> Evidence | None:
    if not known(facts.platform).container:
        raise NotApplicableError(f"{OUTSIDE_CONTAINER}: /dev/shm is the host's")
    if len(facts.gpus) < 2:
        raise NotApplicableError("one GPU only")
    size = known(facts.memory)
    return Evidence(f"/dev/shm has {size // 2**20} MiB for {len(facts.gpus)} GPUs") if size < 2**30 else None


CHECK: Final = Check(
    id="nccl.shm",
    title="/dev/shm is too small for NCCL",
    severity=Severity.BLOCKS,
    why="GPUs of one machine speak through /dev/shm; docker's default of 64 MB makes NCCL fail or crash.",
    steps=(user("export SYGALDRY_SHM_SIZE=8g"), by_hand("start the container again (docker: --shm-size=8g)")),
    source="pytorch/tutorials pull request 2475; NCCL documentation",
    judge=_judge,
)
