"""Each check with a good, a bad and a missing answer."""

import pytest

from sygaldry import checks, discovery
from sygaldry.checks import Answer, Check
from sygaldry.model.command import MISSING, TIMED_OUT, Command, Completed
from sygaldry.model.finding import Verdict

_PEM = "-----BEGIN CERTIFICATE-----\n"
_SLURM = "AccountingStorageType   = accounting_storage/none\nProctrackType           = proctrack/linuxproc\n"
_ACCOUNTING = """AccountingStorageType   = accounting_storage/slurmdbd
JobRequeue              = 0
KillWait                = 1 sec
MaxArraySize            = 1001
ProctrackType           = proctrack/cgroup
CgroupPlugin            = cgroup/v1
ConstrainRAMSpace       = yes
"""
_LIMITS = "Limit Soft Hard Units\nMax open files            1024                 {}                files\n"


def said(out: str, code: int = 0) -> Completed:
    return Completed(Command(("x",)), code, out)


_VERSION, _UP = said("slurm-wlm 22.05.8"), said("Slurmctld(primary) at vm is UP")


@pytest.mark.parametrize(
    ("name", "answers", "verdict"),
    [
        ("architecture", (said("x86_64\n"),), Verdict.OK),
        ("architecture", (said("riscv64\n"),), Verdict.WARNING),
        ("architecture", (said("", MISSING),), Verdict.UNKNOWN),
        ("certificates", (_PEM, None), Verdict.OK),
        ("certificates", (None, _PEM), Verdict.OK),
        ("certificates", ("", None), Verdict.PROBLEM),
        ("git", (said("git version 2.39.5\n"),), Verdict.OK),
        ("git", (said("", MISSING),), Verdict.WARNING),
        ("git", (said("", 1),), Verdict.UNKNOWN),
        ("memory", ("MemTotal:       24000000 kB\n",), Verdict.OK),
        ("memory", ("MemTotal:       2000000 kB\n",), Verdict.WARNING),
        ("memory", ("MemTotal: some kB",), Verdict.UNKNOWN),
        ("memory", (None,), Verdict.UNKNOWN),
        ("open-files", (_LIMITS.format(20000),), Verdict.OK),
        ("open-files", (_LIMITS.format("unlimited"),), Verdict.OK),
        ("open-files", (_LIMITS.format(512),), Verdict.WARNING),
        ("open-files", ("",), Verdict.UNKNOWN),
        ("slurm", (_VERSION, _UP, said(_SLURM), said("", 1), said("")), Verdict.OK),
        ("slurm", (_VERSION, _UP, said(_ACCOUNTING), said(""), said("")), Verdict.OK),
        ("slurm", (_VERSION, _UP, said(_ACCOUNTING), said("", TIMED_OUT), said("")), Verdict.WARNING),
        ("slurm", (_VERSION, said("Slurmctld(primary) at vm is DOWN", 1), *[said("", 1)] * 3), Verdict.WARNING),
        ("slurm", (said("", MISSING),) * 5, Verdict.NOT_APPLICABLE),
        ("name-resolution", ("nameserver 192.0.2.1\n",), Verdict.OK),
        ("name-resolution", ("search x\n",), Verdict.WARNING),
        ("name-resolution", (None,), Verdict.WARNING),
        ("nvidia-driver", ("NVRM version: NVIDIA UNIX x86_64 Kernel Module  570.1\n",), Verdict.OK),
        ("nvidia-driver", (None,), Verdict.NOT_APPLICABLE),
    ],
)
def test_a_check_judges_its_answers(name: str, answers: tuple[Answer, ...], verdict: Verdict) -> None:
    check: Check = discovery.get(checks, name, "CHECK")
    finding = check.finding(answers)
    assert finding.verdict is verdict
    assert finding.summary
    assert finding.remedy or verdict in (Verdict.OK, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE)


def test_a_cluster_is_described_by_what_it_answers() -> None:
    check: Check = discovery.get(checks, "slurm", "CHECK")
    help_text = said("      --container             Path to OCI container bundle\n")
    assert check.finding((_VERSION, _UP, said(_ACCOUNTING), said(""), help_text)).summary == (
        "slurm-wlm 22.05.8: controller up, accounting, jobs confined by cgroups v1, memory limited by the kernel, "
        "no requeue by default, only 1 s between SIGTERM and SIGKILL (KillWait), arrays up to 1000, "
        "containers of its own: OCI bundles by --container"
    )
    plain = check.finding((_VERSION, _UP, said(_SLURM), said("", 1), said(""))).summary
    assert plain == (
        "slurm-wlm 22.05.8: controller up, no accounting, jobs not confined (proctrack/linuxproc), "
        "no containers of its own"
    )
