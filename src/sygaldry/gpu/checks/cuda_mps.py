"""Can programs reach the multi-process service?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, user
from sygaldry.gpu.cuda_codes import code_name
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known

_CODES: Final = range(805, 811)


def _judge(facts: Facts) -> Evidence | None:
    answer = known(facts.cuda)
    if answer.code not in _CODES:
        return None
    folder = facts.environment.get("CUDA_MPS_PIPE_DIRECTORY", "/tmp/nvidia-mps")
    return Evidence(f"cuInit answers {answer.code} ({code_name(answer.code)}); the pipe folder is {folder}")


CHECK: Final = Check(
    id="cuda.mps",
    title="CUDA cannot reach the multi-process service (MPS)",
    severity=Severity.BLOCKS,
    why="The GPU is in the exclusive mode of MPS or CUDA finds the folder of its pipes, but the daemon "
    "does not answer. "
    "A container reaches it only with the pipe folder mounted and in the host's IPC namespace.",
    steps=(
        user("echo ${CUDA_MPS_PIPE_DIRECTORY:-/tmp/nvidia-mps}"),
        by_hand("container: mount that folder and use --ipc=host; host: start nvidia-cuda-mps-control -d"),
        by_hand("without MPS: stop it with `echo quit | nvidia-cuda-mps-control` and run nvidia-smi -c 0"),
    ),
    source="NVIDIA/nvidia-container-toolkit issue 714; cuda.h 805 to 810",
    judge=_judge,
    hides=("cuda.init", "torch.*", "jax.*"),
)
