"""What `job send` writes is the input of a job that was started with --stdin."""

import json
from pathlib import Path

import pytest
from tests.integration.conftest import World
from tests.integration.jobs.conftest import Job, wait_for_text

pytestmark = pytest.mark.sandbox


def test_lines_and_files_arrive_in_order_until_the_end(job: Job) -> None:
    job("run", "--job", "reads", "--stdin", "--", "cat; echo end of file")
    assert job("send", "reads", "hello", "wörld").stdout == "sent 13 bytes\n"
    wait_for_text(lambda: job("tail", "reads").stdout, "hello wörld")
    many = "".join(f"line {number}\n" for number in range(30_000))
    assert job("send", "--job", "reads", "--end", stdin=many).returncode == 0
    assert job("wait", "reads", "--timeout", "60").returncode == 0
    assert job("logs", "reads", "--max-bytes", "0").stdout == f"hello wörld\n{many}end of file\n"


def test_what_was_sent_is_in_no_record(job: Job, sandbox: World) -> None:
    job("run", "--job", "quiet", "--stdin", "--", "cat >/dev/null")
    job("send", "quiet", "--end", stdin="hunter2\n")
    assert job("wait", "quiet", "--timeout", "60").returncode == 0
    records = [path.read_text(errors="replace") for path in sandbox.root.rglob("*") if path.is_file()]
    assert not any("hunter2" in text for text in records)
    record = next((sandbox.root / "demo" / ".sygaldry" / "jobs").glob("quiet-*.host.jsonl")).read_text()
    assert '"sent"' in record
    assert '"bytes": 8' in record or '"bytes":8' in record


def test_the_next_attempt_reads_on(job: Job) -> None:
    script = "read x; echo got $x; [ $x = two ] || { echo 'error: Connection reset by peer'; exit 1; }"
    job("run", "--job", "again", "--stdin", "--retries", "1", "--backoff", "0", "--", script)
    job("send", "again", stdin="one\n")
    wait_for_text(lambda: job("status", "again").stdout, "try=2/2")
    job("send", "again", "two")
    assert job("wait", "again", "--timeout", "60").returncode == 0


def test_a_job_without_an_input_or_at_its_end_is_refused(job: Job) -> None:
    job("run", "--job", "deaf", "--wait", "60", "--", "cat")
    assert "was started without --stdin" in job("send", "deaf", "x").stderr
    job("run", "--job", "over", "--stdin", "--wait", "60", "--", "true")
    assert "has ended as DONE" in job("send", "over", "x").stderr
    assert job("send", "nosuch", "x").returncode == 5
    assert "no job was named" in job("send").stderr


def test_the_command_can_put_no_other_file_in_the_place_of_its_input(job: Job, sandbox: World, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("untouched")
    job("run", "--job", "swap", "--stdin", "--", "sleep 60")
    wait_for_text(lambda: job("status", "swap").stdout, "PROGRESS")
    (pipe,) = (sandbox.root / "demo").glob("**/swap-*/*.in")
    for make in (lambda: pipe.symlink_to(secret), lambda: pipe.write_text("")):
        pipe.unlink()
        make()
        assert "cannot write to the input" in job("send", "swap", "gone").stderr
        assert (secret.read_text(), "gone" in pipe.read_text()) == ("untouched", False)


def test_the_answer_is_data_too(job: Job) -> None:
    job("run", "--job", "data", "--stdin", "--", "cat")
    data = json.loads(job("send", "data", "x", "--end", "--json").stdout)["data"]
    assert (data["bytes"], data["ended"]) == (2, True)
