"""Is a name server configured?"""

from sygaldry.checks import Check, FileText
from sygaldry.model.finding import Finding, Verdict


def _judge(resolver: str | None) -> Finding:
    servers = [line.split()[1] for line in (resolver or "").splitlines() if line.startswith("nameserver ")]
    if servers:
        return Finding(Verdict.OK, "uses " + ", ".join(servers[:3]))
    return Finding(
        Verdict.WARNING,
        "/etc/resolv.conf names no server: downloads by name will fail",
        "fine without a network; else see: man resolv.conf",
    )


CHECK = Check("Name resolution", (FileText("/etc/resolv.conf"),), _judge)
