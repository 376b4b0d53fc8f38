"""Does Torch load the cuDNN it was built with?"""

from typing import Final

from sygaldry.gpu.checks import Check, Severity, by_hand, user

CHECK: Final = Check(
    id="torch.cudnn",
    title="Torch loads another cuDNN than it was built with",
    severity=Severity.BLOCKS,
    why="A folder on LD_LIBRARY_PATH holds an older cuDNN, which wins over the environment's own.",
    steps=(
        user("echo $LD_LIBRARY_PATH"),
        user("sygaldry gpu validate --level 0"),
        by_hand("take the folder with the other cuDNN out of it"),
    ),
    source="pytorch torch/backends/cudnn",
)
