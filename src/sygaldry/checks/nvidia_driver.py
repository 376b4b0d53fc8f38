"""Is an NVIDIA driver loaded? `sygaldry gpu diagnose` checks it in depth."""

from sygaldry.checks import Check, FileText
from sygaldry.model.finding import Finding, Verdict


def _judge(version: str | None) -> Finding:
    if version is None:
        return Finding(Verdict.NOT_APPLICABLE, "no NVIDIA driver is loaded")
    return Finding(Verdict.OK, version.partition("\n")[0].removeprefix("NVRM version: ").strip()[:80])


CHECK = Check("NVIDIA driver", (FileText("/proc/driver/nvidia/version"),), _judge)
