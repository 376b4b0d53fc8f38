"""Do the variables let a program see a GPU?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import Unknown, known


def _judge(facts: Facts) -> Evidence | None:
    wanted = facts.environment.get("CUDA_VISIBLE_DEVICES")
    if wanted is not None:
        count = len(facts.gpus)
        numbers = [part.strip() for part in wanted.split(",")]
        if not wanted.strip() or numbers[0] == "-1" or (numbers[0].isdigit() and int(numbers[0]) >= count):
            return Evidence(f"CUDA_VISIBLE_DEVICES={wanted!r} with {count} GPUs")
    if facts.environment.get("NVIDIA_VISIBLE_DEVICES") in ("", "none") and known(facts.platform).container:
        return Evidence("NVIDIA_VISIBLE_DEVICES shows none of the GPUs")
    if not isinstance(facts.cuda, Unknown) and facts.cuda.code in (100, 101):
        return Evidence(f"cuInit answers {facts.cuda.code}; CUDA_VISIBLE_DEVICES={wanted!r}")
    return None


CHECK: Final = Check(
    id="cuda.visible",
    title="The GPUs are hidden from programs",
    severity=Severity.BLOCKS,
    why="CUDA stops at the first device it does not know, so one wrong entry hides those after it. Numbers "
    "change, UUIDs do not.",
    steps=(user("nvidia-smi -L"), user("unset CUDA_VISIBLE_DEVICES")),
    source="messages of torch and jax with a stub library; CUDA programming guide",
    judge=_judge,
    hides=("jax.nodev", "jax.assert"),
)
