"""Attempts and jobs before the last one are not the cause."""

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


@pytest.mark.parametrize("line", ["SLURM_JOB_ID={job}\nerror: gear {job}\n", CANCELLED])
def test_of_thousands_of_jobs_in_one_file_the_last_one_counts(line: str) -> None:
    log = "".join(line.format(job=job) for job in range(10_000, 14_000))
    assert "13999" in explained(log).says


REFUSED = "ConnectionRefusedError: [Errno 111] Connection refused\n"
NO_TABLE = (
    'Traceback (most recent call last):\n  File "/src/run.py", line 9, in main\n    step()\n'
    "sqlite3.OperationalError: no such table: gears\n"
)


def test_an_attempt_that_others_follow_is_survived() -> None:
    waiting = "".join(f"{REFUSED}database is not there (attempt {n}/9)\n" for n in range(1, 4))
    assert "no such table" in explained(f"{waiting}database is there\n{NO_TABLE}").says


def test_the_last_of_all_attempts_may_be_the_cause() -> None:
    waiting = "".join(f"{REFUSED}database is not there (attempt {n}/3)\n" for n in range(1, 4))
    assert "refused" in explained(f"{waiting}giving up\n").says
