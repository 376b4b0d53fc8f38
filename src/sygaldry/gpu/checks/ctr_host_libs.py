"""Do the host's libraries fit the image?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import OUTSIDE_CONTAINER, NotApplicableError, known
from sygaldry.gpu.versions import format_version

# Without these no CUDA program starts; the others are needed by some programs only.
_ESSENTIAL: Final = ("libcuda.so", "libnvidia-ml.so", "libnvidia-ptxjitcompiler.so")


def _judge(facts: Facts) -> Evidence | None:
    if not known(facts.platform).container:
        raise NotApplicableError(OUTSIDE_CONTAINER)
    libraries = known(facts.host_libraries)
    broken = libraries.too_new
    if not broken:
        return None
    path, version = broken[0]
    essential = any(name.rpartition("/")[2].startswith(_ESSENTIAL) for name, _ in broken)
    text = (
        f"{path} needs glibc {format_version(version)}, this container has {format_version(libraries.libc)} "
        f"({len(broken)} of {len(libraries.needs)} libraries of the host)"
    )
    return Evidence(text, severity=Severity.BLOCKS if essential else Severity.DEGRADES)


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
    judge=_judge,
)
