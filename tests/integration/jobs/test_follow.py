"""Several jobs are followed in one stream, each line with the name of its job."""

import pytest
from tests.integration.jobs.conftest import Job

pytestmark = pytest.mark.sandbox


def test_lines_of_several_jobs_begin_with_their_names_and_the_worst_end_is_the_answer(job: Job) -> None:
    job("run", "--job", "good", "--", "for i in 1 2 3; do echo line $i; sleep 0.2; done")
    job("run", "--job", "failing", "--", "echo broken; exit 3")
    for verb in (("logs", "--follow"), ("tail", "-f")):
        done = job(*verb, "good", "failing")
        lines = done.stdout.splitlines()
        assert done.returncode == 1
        assert [line for line in lines if line.startswith("good    | ")] == [f"good    | line {n}" for n in (1, 2, 3)]
        assert "failing | broken" in lines
        assert len(lines) == 4


def test_one_job_is_followed_without_its_name_through_its_attempts(job: Job) -> None:
    script = "echo before; [ -e again ] && exit 0; touch again; echo 'Connection reset by peer'; exit 1"
    job("run", "--job", "one", "--retries", "1", "--backoff", "0", "--", f"cd $HOME; {script}")
    lines = job("logs", "-f", "one").stdout.splitlines()
    assert lines[-2:] == ["[attempt 2]", "before"] or lines == ["before"]


def test_ended_jobs_are_printed_one_after_another(job: Job) -> None:
    for name in ("a", "b"):
        job("run", "--job", name, "--wait", "60", "--", f"echo {name} says")
    assert job("logs", "a", "b").stdout == "==> a <==\na says\n==> b <==\nb says\n"
    assert job("tail", "a", "b").stdout == "==> a <==\na says\n==> b <==\nb says\n"
