"""Is an NVIDIA driver loaded? The GPU diagnosis goes deeper."""

from sygaldry.checks import Check, FileText
from sygaldry.model.finding import Finding, Verdict


def _judge(version: str | None) -> Finding:
    if version is None:
        return Finding(Verdict.NOT_APPLICABLE, "no NVIDIA driver is loaded")
    return Finding(Verdict.OK, version.partition("\n")[0].removeprefix("NVRM version: ").strip()[:80])


CHECK = Check("NVIDIA driver", (FileText("/proc/driver/nvidia/version"),), _judge)
