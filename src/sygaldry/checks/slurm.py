"""Is there a Slurm cluster, and what does it offer? `sygaldry job run --executor slurm` uses it."""

import re

from sygaldry.checks import Check
from sygaldry.model.command import MISSING, Command, Completed
from sygaldry.model.finding import Finding, Verdict


def _judge(version: Completed, ping: Completed, config: Completed) -> Finding:
    if version.returncode == MISSING:
        return Finding(Verdict.NOT_APPLICABLE, "no Slurm on this machine: jobs run here")
    name = version.out.strip() or "Slurm"
    if not ping.ok or "is UP" not in ping.out:
        output = ping.last_line or "no answer"
        return Finding(
            Verdict.WARNING, f"{name}: the controller does not answer", "ask your site, or: scontrol ping", output
        )
    values = dict(re.findall(r"^(\w+)\s*= (.*)$", config.out, re.MULTILINE))
    return Finding(Verdict.OK, f"{name}: controller up, {_accounting(values)}, {_confinement(values)}")


def _accounting(values: dict[str, str]) -> str:
    kind = values.get("AccountingStorageType", "")
    if not kind:
        return "accounting unknown"
    return "no accounting" if kind.endswith("/none") or kind == "(null)" else "accounting"


def _confinement(values: dict[str, str]) -> str:
    """Say whether a process can leave its job: only cgroups keep it in."""
    kind = values.get("ProctrackType", "unknown process tracking")
    return "jobs confined by cgroups" if "cgroup" in kind else f"jobs not confined ({kind})"


CHECK = Check(
    "Slurm",
    (
        Command(("sbatch", "--version"), timeout_s=5),
        Command(("scontrol", "ping"), timeout_s=5),
        Command(("scontrol", "show", "config"), timeout_s=5),
    ),
    _judge,
)
