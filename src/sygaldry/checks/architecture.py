"""Does the image support this processor?"""

from sygaldry.checks import Check
from sygaldry.model.command import Command, Completed
from sygaldry.model.finding import Finding, Verdict


def _judge(machine: Completed) -> Finding:
    name = machine.out.strip()
    if not machine.ok or not name:
        return Finding(Verdict.UNKNOWN, "uname failed", evidence=machine.last_line)
    if name == "x86_64":
        return Finding(Verdict.OK, name)
    return Finding(Verdict.WARNING, f"{name}: the image and its lock support x86_64 only", "use --runtime sandbox here")


CHECK = Check("Processor", (Command(("uname", "-m"), timeout_s=5),), _judge)
