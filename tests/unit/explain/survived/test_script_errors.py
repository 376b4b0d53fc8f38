"""A program that a job's script did not find: the cause if the script ended there, noise if it went on."""

import pytest
from tests.unit.explain._explained import explained

SET_UP = "/var/spool/slurm/job00002/slurm_script: line 3: conda: command not found\n"
WENT_ON = f"{SET_UP}/var/spool/slurm/job00002/slurm_script: line 4: module: command not found\n"
DECK = "input deck orbit.nml: namelist &grid has no key nz\n"


def test_what_the_program_of_the_job_printed_is_more_telling_than_a_set_up_that_failed() -> None:
    cause = explained(f"{WENT_ON}{DECK}srun: error: n1: tasks 0-1: Exited with exit code 1\n", 1)
    assert not cause.identified
    assert "has no key nz" in cause.says


def test_an_error_of_the_job_outranks_a_set_up_that_failed() -> None:
    cause = explained(f"{WENT_ON}ValueError: nz must be positive\n", 1)
    assert "nz must be positive" in cause.says


@pytest.mark.parametrize(
    ("log", "code"),
    [
        (SET_UP, 127),
        (f"starting\n{SET_UP}", 1),
        (f"{SET_UP}make: *** [Makefile:3: env] Error 127\n", 2),
        (f"{SET_UP}one\ntwo\n##[error]Process completed with exit code 127.\n", 1),
    ],
    ids=["exit-code", "last-line", "make", "ci"],
)
def test_it_is_the_cause_where_the_script_ended_with_it(log: str, code: int) -> None:
    assert "conda is not installed" in explained(log, code).says


MODULE = "/usr/bin/python3: No module named build\n"
COMPILER = "b.c:1:22: error: 'count' undeclared (first use in this function)\n"


def test_a_module_that_a_script_went_on_without_is_not_the_cause() -> None:
    assert "'count' undeclared" in explained(f"{MODULE}Processing /src\n{COMPILER}").says
    assert "build is not installed" in explained(f"Processing /src\n{MODULE}").says


def test_a_missing_module_that_ended_a_step_is_the_cause() -> None:
    log = f"{MODULE}##[error]Process completed with exit code 1.\n##[group]Run tar\nerror: cache not found\n{COMPILER}"
    assert "build is not installed" in explained(log).says


def test_a_status_that_a_script_kept_is_that_of_the_command_above_it() -> None:
    tidying = "+ tar czf logs.tgz logs\ntar: Removing leading `/' from member names\n+ exit 3\n"
    log = f"+ ./load\nthe ledger has no row for March\n+ rc=3\n+ echo done\ndone\n{tidying}"
    assert "no row for March" in explained(log, 3).says
