"""Does the driver log a failure that no other check knows?"""

import re
from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known

_FAILURES: Final = re.compile(r"\b(?:fail(?:ed|ure)?|fatal|invalid|unable to|cannot|mismatch)\b", re.IGNORECASE)
_DRIVER: Final = re.compile(r"NVRM|\bnvidia(?:-\w+)?:")
# Lines of working machines, and lines that only follow from another one.
_HARMLESS: Final = re.compile(
    r"module verification failed|Assertion failed|nvAssert|Xid \(|GPU Board Serial|nouveau|api mismatch",
    re.IGNORECASE,
)


def _judge(facts: Facts) -> Evidence | None:
    lines = [
        line
        for line in known(facts.kernel_log).lines
        if _DRIVER.search(line) and _FAILURES.search(line) and not _HARMLESS.search(line)
    ]
    return Evidence(f"{lines[-1].strip()[:200]} ({len(lines)} such lines)") if lines else None


CHECK: Final = Check(
    id="drv.kernel-line",
    title="The driver logs a failure",
    severity=Severity.WARNING,
    why="No entry of this catalogue knows the line. The GPUs may work all the same.",
    steps=(root("dmesg | grep -E 'NVRM|nvidia'"), by_hand("search NVIDIA/open-gpu-kernel-modules for the line")),
    source="NVIDIA/open-gpu-kernel-modules",
    judge=_judge,
)
