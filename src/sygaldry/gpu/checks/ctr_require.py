"""Did an engine refuse the image for its CUDA version?"""

from typing import Final

from sygaldry.gpu.advice import native_branch
from sygaldry.gpu.checks import Check, Severity, by_hand, user

CHECK: Final = Check(
    id="ctr.require",
    title="The engine refuses the image: the driver's CUDA is older than the image asks for",
    severity=Severity.BLOCKS,
    why="The image's own condition (NVIDIA_REQUIRE_CUDA) is coarser than the truth: a GeForce on driver 570 runs "
    "CUDA 12.9 programs. Sygaldry decides by itself and switches the condition off.",
    steps=(
        user("export NVIDIA_DISABLE_REQUIRE=1"),
        by_hand(f"pass it to the container (Sygaldry's launcher does), or install driver {native_branch()} or newer"),
    ),
    source="Dashboarding dashdot issue 1226; theroyallab tabbyAPI issue 324",
)
