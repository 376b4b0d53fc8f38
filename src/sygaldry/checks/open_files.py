"""Is the limit of open files high enough for Spack, Bazel and data loaders?"""

from sygaldry.checks import Check, FileText
from sygaldry.model.finding import Finding, Verdict

_ENOUGH = 4096


def _judge(limits: str | None) -> Finding:
    line = next((each for each in (limits or "").splitlines() if each.startswith("Max open files")), "")
    words = line.split()
    if len(words) < 5 or not (words[4].isdigit() or words[4] == "unlimited"):
        return Finding(Verdict.UNKNOWN, "/proc/self/limits has no open files limit")
    if words[4] == "unlimited" or int(words[4]) >= _ENOUGH:
        return Finding(Verdict.OK, f"up to {words[4]} open files")
    return Finding(
        Verdict.WARNING, f"only {words[4]} open files are allowed", "raise nofile in /etc/security/limits.conf"
    )


CHECK = Check("Open files", (FileText("/proc/self/limits"),), _judge)
