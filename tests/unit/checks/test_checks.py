"""Each check with a good, a bad and a missing answer."""

import pytest

from sygaldry import checks, discovery
from sygaldry.checks import Answer, Check
from sygaldry.model.command import MISSING, Command, Completed
from sygaldry.model.finding import Verdict

_PEM = "-----BEGIN CERTIFICATE-----\n"
_SLURM = "AccountingStorageType   = accounting_storage/none\nProctrackType           = proctrack/linuxproc\n"
_LIMITS = "Limit Soft Hard Units\nMax open files            1024                 {}                files\n"


def said(out: str, code: int = 0) -> Completed:
    return Completed(Command(("x",)), code, out)


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
        ("slurm", (said("slurm-wlm 22.05.8"), said("Slurmctld(primary) at vm is UP"), said(_SLURM)), Verdict.OK),
        (
            "slurm",
            (said("slurm-wlm 22.05.8"), said("Slurmctld(primary) at vm is DOWN", 1), said("", 1)),
            Verdict.WARNING,
        ),
        ("slurm", (said("", MISSING), said("", MISSING), said("", MISSING)), Verdict.NOT_APPLICABLE),
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
