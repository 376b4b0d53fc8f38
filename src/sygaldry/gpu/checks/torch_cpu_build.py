"""Is Torch built with CUDA?"""

from typing import Final

from sygaldry.gpu.checks import Check, Severity, by_hand, user

CHECK: Final = Check(
    id="torch.cpu-build",
    title="This Torch is a CPU build",
    severity=Severity.BLOCKS,
    why="It has no CUDA at all, whatever the machine offers. An environment that promises CUDA must not "
    "fall back to it.",
    steps=(
        user("python3 -c 'import torch; print(torch.__version__, torch.version.cuda)'"),
        by_hand("install a CUDA build: the variant +cuda of py-torch in Spack, or a wheel of a CUDA index"),
        user("sygaldry gpu validate --level 0"),
    ),
    source="message of torch/cuda/__init__.py",
)
