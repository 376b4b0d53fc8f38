"""Attempts and jobs before the last one, counts of failed items and cancelled steps are not the cause."""

import pytest
from tests.unit.explain._explained import explained

from sygaldry import explain

CURL = "curl: (37) Couldn't open file /mirror/gears/gears-2.tar.bz2\n"
FETCHES = (
    "==> Installing gears\n"
    f"==> Fetching file:///mirror/gears/gears-2.tar.bz2\n{CURL}"
    "==> Fetching from file:///mirror/gears/gears-2.tar.bz2 failed.\n"
)
SECOND = "==> Fetching https://gears.example/gears-2.tar.bz2\n"
CANCELLED = "slurmstepd: error: *** JOB {job} ON node-4 CANCELLED AT 2026-03-01T02:00:00 ***\n"
TRACE = "Traceback (most recent call last):\n  File \"/src/train.py\", line 9, in main\n    load()\nKeyError: 'gears'\n"
EPOCHS = "".join(f"epoch {n} of 90\n" for n in range(90))


def test_a_mirror_that_another_attempt_follows_is_survived() -> None:
    log = (
        f"{FETCHES}{SECOND}bzip2: (stdin) is not a bzip2 file.\n/usr/bin/tar: Child returned status 2\n"
        "/usr/bin/tar: Error is not recoverable: exiting now\n==> Error: ProcessError: Command exited with status 2:\n"
    )
    assert "not a bzip2 file" in explained(log).says


def test_the_last_attempt_of_all_is_the_cause() -> None:
    end = "==> Error: FetchError: All fetchers failed for spack-stage-gears-2\n"
    last = "curl: (22) The requested URL returned error: 404\n"
    answer = "\n".join(explain.answer(explained(f"{FETCHES}{SECOND}{last}{end}"), 200))
    assert "404" in answer
    assert "(37)" in "\n".join(explain.answer(explained(f"{FETCHES}{end}"), 200))


def test_an_archive_that_is_none_names_its_program() -> None:
    for line in (
        "gzip: stdin: not in gzip format",
        "xz: (stdin): File format not recognized",
        "gzip: stdin: unexpected end of file",
    ):
        log = f"{line}\ntar: Child returned status 1\ntar: Error is not recoverable: exiting now\n"
        assert line.partition(": ")[2] in explained(log, 2).says


def test_of_jobs_in_one_file_the_last_one_counts() -> None:
    log = f"{TRACE}{CANCELLED.format(job=71)}{EPOCHS}{CANCELLED.format(job=72)}"
    assert "JOB 72" in explained(log, 143).says


@pytest.mark.parametrize(
    "banner", ["SLURM_JOB_ID={job}", "=== Starting Slurm job {job} on node-4", "SLURM Job ID: {job}"]
)
def test_a_start_banner_begins_another_job(banner: str) -> None:
    first = f"{banner.format(job=71)}\n{EPOCHS}{TRACE}"
    second = f"{banner.format(job=72)}\nreading gears\nerror: the table of gears is empty\n{EPOCHS[:400]}"
    assert "table of gears" in explained(first + second).says
    assert "KeyError" in explained(f"{EPOCHS}{first}").says


def test_a_job_that_follows_a_cancelled_one_has_its_own_cause() -> None:
    assert "gears" in explained(f"{EPOCHS}{CANCELLED.format(job=71)}{EPOCHS}{TRACE}").says


@pytest.mark.parametrize(
    "count",
    [
        "engine.PropagationError: propagation failed for 4 segments",
        "RuntimeError: 3 of 8 shards failed",
        "ERROR: 5 tasks failed",
    ],
)
def test_a_count_of_failed_items_gives_way_to_their_errors(count: str) -> None:
    items = "".join(f"ERROR [worker {n}] cannot parse gears.csv: column 'teeth' is empty\n" for n in range(4))
    trace = f'Traceback (most recent call last):\n  File "/src/run.py", line 7, in main\n    check()\n{count}\n'
    assert "teeth" in explained(f"{items}{trace}").says


def test_a_count_alone_is_still_named() -> None:
    trace = TRACE.replace("KeyError: 'gears'", "RuntimeError: 3 of 8 shards failed")
    assert "3 of 8 shards failed" in "\n".join(explain.answer(explained(trace), 200))


@pytest.mark.parametrize(
    "message",
    [
        "GPUassert: hipErrorOutOfMemory src/force.cu 336",
        "GPUassert: an illegal memory access was encountered src/force.cu 12",
        "hipErrorNoBinaryForGpu: Unable to find code object for all current devices!",
        "cudaErrorLaunchFailure in force.cu:12",
    ],
)
def test_a_message_of_the_gpu_runtime_outranks_a_cancelled_step(message: str) -> None:
    log = (
        f"{message}\nsrun: error: node-4: task 3: Exited with exit code 1\n"
        "srun: launch/slurm: _step_signal: Terminating StepId=71.0\n"
        "slurmstepd: error: *** STEP 71.0 ON node-4 CANCELLED AT 2026-03-01T02:00:00 ***\n"
        "srun: error: node-4: tasks 0-2,4-5: Terminated\nsrun: Force Terminated StepId=71.0\n"
    )
    assert message in "\n".join(line.text for line in explained(log).lines)


@pytest.mark.parametrize("line", ["SLURM_JOB_ID={job}\nerror: gear {job}\n", CANCELLED])
def test_of_thousands_of_jobs_in_one_file_the_last_one_counts(line: str) -> None:
    log = "".join(line.format(job=job) for job in range(10_000, 14_000))
    assert "13999" in explained(log).says


MISSING = (
    'Traceback (most recent call last):\n  File "/src/ops.py", line 3, in <module>\n    import fast_gears\n'
    "ModuleNotFoundError: No module named 'fast_gears'\n"
)
ENDED = 'Traceback (most recent call last):\n  File "/src/run.py", line 9, in main\n    step()\n{error}\n'


def test_a_traceback_that_the_program_printed_and_survived_is_not_the_cause() -> None:
    last = ENDED.format(error="gears.Jammed: tooth 7 does not fit")
    assert "tooth 7" in explained(f"{MISSING}fast gears are not here, using slow ones\n{last}").says


@pytest.mark.parametrize(
    ("between", "error"),
    [
        pytest.param("loading\n", "BrokenPipeError: [Errno 32] Broken pipe", id="the other end is gone"),
        pytest.param("loading\n", "RuntimeError: worker 3 died", id="a worker died"),
        pytest.param("loading\n", "RuntimeError: training failed", id="a verdict"),
        pytest.param(
            "\nDuring handling of the above exception, another exception occurred:\n\n", "KeyError: 'x'", id="chained"
        ),
    ],
)
def test_a_last_traceback_that_follows_from_another_one_is_not_the_cause(between: str, error: str) -> None:
    assert "fast_gears" in explained(f"{MISSING}{between}{ENDED.format(error=error)}").says


def test_what_an_interpreter_reports_while_it_ends_is_not_the_cause() -> None:
    atexit = ENDED.format(error="RuntimeError: DataLoader worker (pid 41) is killed by signal: Terminated.")
    ignored = ENDED.format(error="OSError: [Errno 9] Bad file descriptor")
    log = f"{MISSING}Error in atexit._run_exitfuncs:\n{atexit}Exception ignored in: <function Pool.__del__>\n{ignored}"
    assert "fast_gears" in explained(log).says


REFUSED = "ConnectionRefusedError: [Errno 111] Connection refused\n"
NO_TABLE = ENDED.format(error="sqlite3.OperationalError: no such table: gears")


def test_an_attempt_that_others_follow_is_survived() -> None:
    waiting = "".join(f"{REFUSED}database is not there (attempt {n}/9)\n" for n in range(1, 4))
    assert "no such table" in explained(f"{waiting}database is there\n{NO_TABLE}").says


def test_the_last_of_all_attempts_may_be_the_cause() -> None:
    waiting = "".join(f"{REFUSED}database is not there (attempt {n}/3)\n" for n in range(1, 4))
    assert "refused" in explained(f"{waiting}giving up\n").says


def test_a_heading_that_ends_a_part_begins_no_other() -> None:
    end = "=== finished with status 1 at Sat Nov 28 22:10:01 UTC 2026 ===\nUploading\nERROR: job failed, see above\n"
    assert "fast_gears" in explained(f"=== load ===\n{MISSING}\n{end}").says


def test_other_ranks_only_report_that_one_is_gone() -> None:
    gone = ENDED.format(
        error="RuntimeError: [/src/gloo/transport/tcp/pair.cc:553] Connection closed by peer [127.0.0.1]:4"
    )
    assert "fast_gears" in explained(f"{MISSING}{gone}").says
