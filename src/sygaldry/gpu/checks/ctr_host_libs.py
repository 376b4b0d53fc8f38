"""Do the host's libraries fit the image?"""

from typing import Final

from sygaldry.gpu.checks import Check, Severity, by_hand

CHECK: Final = Check(
    id="ctr.host-libs",
    title="The host's driver libraries need a newer glibc than the image has",
    severity=Severity.BLOCKS,
    why="apptainer --nv and similar ways put libraries of the host into the container. Those of the "
    "driver itself run on old "
    "systems, but GL and other libraries of the distribution do not.",
    steps=(
        by_hand("take a newer base image"),
        by_hand("apptainer: remove the libGL, libEGL and libGLdispatch lines from nvliblist.conf, or use --nvccli"),
    ),
    source="apptainer/apptainer issue 2421",
)
