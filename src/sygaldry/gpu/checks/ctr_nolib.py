"""Did an engine miss the driver's library?"""

from typing import Final

from sygaldry.gpu.checks import Check, Severity, root, user

CHECK: Final = Check(
    id="ctr.nolib",
    title="The engine finds no libnvidia-ml.so.1",
    severity=Severity.BLOCKS,
    why="The driver is not installed on the host, the loader's cache is old, or the engine cannot see the host's "
    "libraries (snap, Docker Desktop).",
    steps=(
        root("ldconfig"),
        user("ldconfig -p | grep libnvidia-ml"),
        user("docker info --format '{{.OperatingSystem}} {{.DockerRootDir}}'"),
    ),
    source="NVIDIA/libnvidia-container issue 231; docker-snap issue 148",
    hides=("drv.libcuda-missing",),
)
