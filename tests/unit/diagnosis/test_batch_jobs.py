"""What batch systems and scripts print at the end of a job, and how its cause is found above."""

import pytest
from tests.unit.explain._explained import explained

from sygaldry.diagnosis import Kind

CAUSE = "mesh.dat: line 12 holds 3 numbers where 4 are expected\n"
RUN = f"reading the mesh\nerror: {CAUSE}"


@pytest.mark.parametrize(
    "verdict",
    [
        "ERROR: run.sh failed at step 3 with exit code 2",
        "[ERROR] Command failed: ./solve --mesh mesh.dat",
        "[ERROR] Aborting.",
        "Fatal: solver exited with status 2",
        "---- job epilogue ----\nJobID    JobName    State ExitCode\n4402     mesh       FAILED   2:0",
        "Job ID: 4402\nCluster: alpha\nState: FAILED (exit code 2)\nCores per node: 8",
    ],
)
def test_a_verdict_below_is_not_the_cause(verdict: str) -> None:
    assert CAUSE.strip() in explained(f"{RUN}{verdict}\n", 2).says


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("State: OUT_OF_MEMORY (exit code 0)", "the job used more memory than Slurm granted"),
        ("4402.batch        batch OUT_OF_ME+    0:125", "the job used more memory than Slurm granted"),
        ("4402              mesh    TIMEOUT      0:0", "the job reached its time limit"),
    ],
)
def test_the_accounting_of_slurm_tells_why_a_job_was_ended(line: str, says: str) -> None:
    cause = explained(f"step 1 of 9\nstep 2 of 9\n{line}\n", 1)
    assert cause.says.startswith(says)
    assert cause.kind is Kind.RESOURCES


@pytest.mark.parametrize(
    "survived",
    [
        "error: could not load the cached configuration, using defaults",
        "[node17:01234] unable to open mca_btl_openib: libibverbs.so.1: cannot open shared object file (ignored)",
        "[ERROR] plugin metrics failed to start, continuing without it",
        "Status: FAILED",
    ],
)
def test_what_a_program_says_it_ignores_is_not_the_cause(survived: str) -> None:
    assert CAUSE.strip() in explained(f"{survived}\n{RUN}", 2).says


def test_a_task_that_waits_has_not_failed() -> None:
    waiting = "FAILED - RETRYING: [web]: Wait until the port is open (30 retries left).\n"
    assert CAUSE.strip() in explained(f"{RUN}{waiting * 3}", 2).says


G77 = """f77 -c -o grid.o grid.F
grid.F: In program `grid':
common.F:29:
         real x(nn)
                ^
Invalid declaration of or reference to symbol `nn' at (^) [initially seen at (^)]
common.F:46:
        & ,cc,accel,rho
              1
common.F:424: (continued):
         common /accel/ accel(nn)
                        2
Invalid declaration of or reference to symbol `accel' at (2) [initially seen at (1)]
common.F:290: size of variable `accel_' is too large
make: *** [grid.o] Error 1
"""


def test_the_first_error_of_an_old_fortran_compiler_leads_the_others() -> None:
    cause = explained(G77, 2)
    assert "reference to symbol `nn'" in cause.says
    assert cause.where.startswith("common.F:29")


WHEEL = """      <string>:118: UserWarning: fast_scan was requested, but nvcc was not found. Is it on PATH?
      torch.__version__  = 2.4.0+cpu
      Traceback (most recent call last):
        File "<string>", line 188, in <module>
      NameError: name 'bare_metal_version' is not defined
      [end of output]
error: metadata-generation-failed
"""


def test_a_missing_cuda_compiler_outranks_what_setup_lacks_without_it() -> None:
    assert explained(WHEEL).says.startswith("nvcc was not found")


def test_the_section_that_an_image_is_built_in_is_not_the_cause() -> None:
    log = "+ fetch tables\nerror: the table of gases is empty\nFATAL:   failed to execute %post proc: exit status 2\n"
    assert "table of gases" in explained(log, 255).says
