"""Is the right Python binding of NVML installed?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.probes import nvml
from sygaldry.gpu.unknown import Unknown


def _judge(facts: Facts) -> Evidence | None:
    if isinstance(facts.nvml, Unknown) and facts.nvml.reason == nvml.WRONG_PACKAGE:
        return Evidence(nvml.WRONG_PACKAGE)
    return None


CHECK: Final = Check(
    id="tool.pynvml",
    title="An old Python binding of NVML is installed",
    severity=Severity.WARNING,
    why="Two packages bring a module named pynvml; the one of that name is old and lacks functions.",
    steps=(
        user("python3 -m pip uninstall --yes pynvml"),
        user("python3 -m pip install --force-reinstall nvidia-ml-py"),
    ),
    source="wookayin/gpustat source",
    judge=_judge,
)
