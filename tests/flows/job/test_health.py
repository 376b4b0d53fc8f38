from pathlib import Path

from tests.fakes.ledger import FakeRun, make_project, make_run

from sygaldry.flows.job.health import job_health


def test_jobs_that_failed_are_named_and_nothing_says_that_all_is_well(tmp_path: Path) -> None:
    jobs = make_project(tmp_path, "demo")
    for number in range(7):
        make_run(jobs, FakeRun(f"bad-{number}", "FAILED", 2))
    make_run(jobs, FakeRun("good"))
    report = job_health(str(jobs))
    named = " ".join(f"bad-{number}" for number in range(5))
    assert report.lines == (f"0 running, 8 jobs, 7 failed: {named} and 2 more",)
    assert (report.data["failed"], report.exit_code) == (7, 0)


def test_without_a_failure_nothing_is_in_trouble(tmp_path: Path) -> None:
    jobs = make_project(tmp_path, "demo")
    make_run(jobs, FakeRun("good"))
    assert job_health(str(jobs)).lines == ("0 running, 1 jobs, 0 in trouble",)


def test_a_lost_job_is_in_trouble_beside_the_failed_ones(tmp_path: Path) -> None:
    jobs = make_project(tmp_path, "demo")
    make_run(jobs, FakeRun("bad", "FAILED", 2))
    make_run(jobs, FakeRun("gone", "PROGRESS", facts={"boot_id": "another"}))
    report = job_health(str(jobs))
    assert report.lines[-1] == "0 running, 2 jobs, 1 failed: bad, 1 in trouble"
    assert report.exit_code == 1
