"""Is there a Slurm cluster, and what does it offer? `sygaldry job run --executor slurm` uses it."""

import re
from collections.abc import Iterator
from typing import Final

from sygaldry.checks import Check
from sygaldry.model.command import MISSING, Command, Completed
from sygaldry.model.finding import Finding, Verdict

# Options of sbatch that a site's plugins or configuration add: https://slurm.schedmd.com/containers.html, and pyxis.
_CONTAINERS: Final = {"--container-image": "images by pyxis", "--container": "OCI bundles by --container"}
_SHORTEST_KILL_WAIT_S: Final = 2


def _judge(version: Completed, ping: Completed, config: Completed, history: Completed, options: Completed) -> Finding:
    if version.returncode == MISSING:
        return Finding(Verdict.NOT_APPLICABLE, "no Slurm on this machine: jobs run here")
    name = version.out.strip() or "Slurm"
    if not ping.ok or "is UP" not in ping.out:
        output = ping.last_line or "no answer"
        return Finding(
            Verdict.WARNING, f"{name}: the controller does not answer", "ask your site, or: scontrol ping", output
        )
    values = dict(re.findall(r"^(\w+)\s*= (.*)$", config.out, re.MULTILINE))
    offers = [_accounting(values, history), _confinement(values), *_limits(values), _containers(options)]
    summary = f"{name}: controller up, {', '.join(offers)}"
    if _has_accounting(values) and not history.ok:
        remedy = "jobs run; an end that the controller has forgotten stays UNKNOWN meanwhile; ask your site"
        return Finding(Verdict.WARNING, summary, remedy, history.last_line)
    return Finding(Verdict.OK, summary)


def _has_accounting(values: dict[str, str]) -> bool:
    kind = values.get("AccountingStorageType", "")
    return bool(kind) and kind != "(null)" and not kind.endswith("/none")


def _accounting(values: dict[str, str], history: Completed) -> str:
    if "AccountingStorageType" not in values:
        return "accounting unknown"
    if not _has_accounting(values):
        return "no accounting"
    return "accounting" if history.ok else "an accounting that does not answer"


def _confinement(values: dict[str, str]) -> str:
    """Say whether a process can leave its job: only cgroups keep it in."""
    kind = values.get("ProctrackType", "unknown process tracking")
    if "cgroup" not in kind:
        return f"jobs not confined ({kind})"
    version = values.get("CgroupPlugin", "").rpartition("/")[2]
    memory = values.get("ConstrainRAMSpace", "").strip()
    limited = {"yes": ", memory limited by the kernel", "no": ", memory not limited"}.get(memory, "")
    return f"jobs confined by cgroups{f' {version}' if version.startswith('v') else ''}{limited}"


def _limits(values: dict[str, str]) -> Iterator[str]:
    if values.get("JobRequeue", "").strip() == "0":
        yield "no requeue by default"
    wait = values.get("KillWait", "").split()
    if wait and wait[0].isdecimal() and int(wait[0]) < _SHORTEST_KILL_WAIT_S:
        yield f"only {wait[0]} s between SIGTERM and SIGKILL (KillWait)"
    if values.get("MaxArraySize", "").strip().isdecimal():
        yield f"arrays up to {int(values['MaxArraySize']) - 1}"


def _containers(options: Completed) -> str:
    known = set(re.findall(r"--[a-z-]+", options.out))
    found = [title for option, title in _CONTAINERS.items() if option in known]
    return f"containers of its own: {' and '.join(found)}" if found else "no containers of its own"


CHECK = Check(
    "Slurm",
    (
        Command(("sbatch", "--version"), timeout_s=5),
        Command(("scontrol", "ping"), timeout_s=5),
        Command(("scontrol", "show", "config"), timeout_s=5),
        # A job id that nobody has: the answer is empty, and it shows that the database answers.
        Command(("sacct", "-n", "-P", "-X", "--jobs=1", "--starttime=now", "--format=JobID"), timeout_s=5),
        Command(("sbatch", "--help"), timeout_s=5),
    ),
    _judge,
)
