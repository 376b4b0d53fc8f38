"""Is git installed? Jobs record the commit they were built from."""

from sygaldry.checks import Check
from sygaldry.model.command import MISSING, Command, Completed
from sygaldry.model.finding import Finding, Verdict


def _judge(version: Completed) -> Finding:
    if version.ok:
        return Finding(Verdict.OK, version.out.strip())
    if version.returncode == MISSING:
        return Finding(
            Verdict.WARNING, "git is not installed: jobs cannot record their commit", "sudo apt-get install git"
        )
    return Finding(Verdict.UNKNOWN, "git failed", "git --version", version.last_line)


CHECK = Check("Git", (Command(("git", "--version"), timeout_s=5),), _judge)
