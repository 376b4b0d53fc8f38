"""Is the toolkit in a mode in which `--gpus` cannot work?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, root, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known, present


def _judge(facts: Facts) -> Evidence | None:
    docker = present(known(facts.docker), "no docker on this machine")
    if docker.toolkit_mode == "cdi" and "nvidia" not in docker.runtimes and not known(facts.cdi):
        return Evidence(
            'mode = "cdi" in /etc/nvidia-container-runtime/config.toml, without a specification or the nvidia runtime'
        )
    return None


CHECK: Final = Check(
    id="ctr.mode-cdi",
    title="The toolkit is in CDI mode, where --gpus does not work",
    severity=Severity.BLOCKS,
    why="In this mode the hook refuses to be called by docker itself.",
    steps=(
        root("nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml"),
        user("docker run --rm --device nvidia.com/gpu=all IMAGE nvidia-smi"),
    ),
    source="dstackai/dstack issue 2306",
    judge=_judge,
    hides=("ctr.no-runtime",),
)
