"""Is there enough memory to build the stack?"""

from sygaldry.checks import Check, FileText
from sygaldry.model.finding import Finding, Verdict
from sygaldry.model.sizes import human

# The solver of Spack 1.1 alone took 2.1 GB for our lock; linking PyTorch takes as much for each job.
_RECOMMENDED_BYTES = 8 * 2**30


def _judge(meminfo: str | None) -> Finding:
    fields = dict(line.split(":", 1) for line in (meminfo or "").splitlines() if ":" in line)
    words = fields.get("MemTotal", "").split()
    if not words or not words[0].isdigit():
        return Finding(Verdict.UNKNOWN, "/proc/meminfo has no MemTotal")
    total = int(words[0]) * 1024
    if total >= _RECOMMENDED_BYTES:
        return Finding(Verdict.OK, human(total))
    return Finding(Verdict.WARNING, f"{human(total)}: too little to build the stack", "build with fewer jobs: --jobs 1")


CHECK = Check("Memory", (FileText("/proc/meminfo"),), _judge)
