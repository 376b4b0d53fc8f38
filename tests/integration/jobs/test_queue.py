"""A queue has an order, and survives its processes and a restart of the machine."""

import json
from pathlib import Path

import pytest
from tests.integration.conftest import World
from tests.integration.jobs.conftest import Job, kill_host_process, pretend_reboot, wait_for_text

pytestmark = pytest.mark.sandbox


def hold(job: Job, *options: str) -> None:
    """Start a job that runs until its input ends."""
    assert job("run", "--job", "holder", "--stdin", "--slots", "1", *options, "--", "cat").returncode == 0
    wait_for_text(lambda: job("status", "holder").stdout, "PROGRESS")


def release(job: Job) -> None:
    """Let it end."""
    job("send", "holder", "--end", stdin="")


def order_of(job: Job, *names: str) -> list[str]:
    """Return jobs by the time at which they started."""
    rows = [json.loads(job("show", name, "--json").stdout)["data"] for name in names]
    return [str(row["job"]) for row in sorted(rows, key=lambda row: str(row["started"]))]


def test_a_higher_priority_starts_first_and_equal_ones_by_age(job: Job) -> None:
    hold(job)
    for name, priority in (("old", "0"), ("new", "0"), ("urgent", "5")):
        answer = job("run", "--job", name, "--slots", "1", "--priority", priority, "--", "true")
        assert answer.stdout.startswith(f"job {name} queued, ")
    queue = job("queue").stdout.splitlines()
    assert queue[0] == "QUEUED urgent priority=5: waits for one of 1 slots"
    assert [line.split()[1].rstrip(":") for line in queue] == ["urgent", "old", "new"]
    release(job)
    assert job("wait", "old", "new", "urgent", "--timeout", "120").returncode == 0
    assert order_of(job, "old", "new", "urgent") == ["urgent", "old", "new"]


def test_a_group_has_slots_of_its_own(job: Job) -> None:
    hold(job, "--group", "gpu")
    assert job("run", "--job", "other", "--slots", "1", "--group", "cpu", "--wait", "60", "--", "true").returncode == 0
    waits = job("run", "--job", "same", "--slots", "1", "--group", "gpu", "--wait", "1", "--", "true")
    assert (waits.returncode, "QUEUED" in waits.stdout) == (124, True)
    release(job)
    assert job("wait", "same", "--timeout", "60").returncode == 0


def test_a_job_of_high_priority_that_waits_for_another_does_not_keep_it_from_its_slot(job: Job) -> None:
    hold(job)
    job("run", "--job", "first", "--slots", "1", "--", "true")
    job("run", "--job", "second", "--after", "first", "--slots", "1", "--priority", "9", "--", "true")
    release(job)
    assert job("wait", "second", "--timeout", "60").returncode == 0


def test_a_queued_job_whose_process_was_killed_is_continued_by_wait(job: Job, sandbox: World) -> None:
    hold(job)
    job("run", "--job", "waits", "--slots", "1", "--", "echo ran once")
    kill_host_process(sandbox, "waits")
    assert "its process is gone: sygaldry job queue --start" in job("queue").stdout
    assert "job queue --start" in job("status", "waits").stdout
    assert job("health").returncode == 1
    release(job)
    assert job("wait", "waits", "--timeout", "60").returncode == 0
    assert job("tail", "waits").stdout == "ran once\n"
    assert job("queue").stdout == "nothing is queued\n"


def test_another_queued_job_continues_one_whose_process_was_killed(job: Job, sandbox: World) -> None:
    hold(job)
    for name in ("killed", "alive"):
        job("run", "--job", name, "--slots", "1", "--", "true")
    kill_host_process(sandbox, "killed")
    wait_for_text(lambda: str("its process is gone" in job("queue").stdout), "False")
    release(job)
    assert job("wait", "killed", "alive", "--timeout", "60").returncode == 0


def test_a_queue_continues_after_a_restart_of_the_machine(job: Job, sandbox: World, tmp_path: Path) -> None:
    message = tmp_path / "message"
    hold(job)
    job("run", "--job", "waits", "--slots", "1", "--notify", f"command:cat > {message}", "--", "false")
    kill_host_process(sandbox, "waits")
    pretend_reboot(sandbox, "waits")
    assert "QUEUED" in job("status", "waits").stdout
    release(job)
    assert "restarted waits" in job("queue", "--start").stdout
    assert job("wait", "waits", "--timeout", "60").returncode == 1
    wait_for_text(lambda: message.read_text() if message.exists() else "", "FAILED")


def test_a_queued_job_without_a_process_can_be_stopped(job: Job, sandbox: World) -> None:
    hold(job)
    job("run", "--job", "waits", "--slots", "1", "--", "true")
    kill_host_process(sandbox, "waits")
    assert job("stop", "waits").stdout.startswith("FAILED job=waits")
    assert "state=STOPPED" in job("status", "waits").stdout
    release(job)
    assert "restarted" not in job("queue", "--start").stdout
    assert "state=STOPPED" in job("status", "waits").stdout


@pytest.mark.parametrize("record", ["", '{"settings": 3, "command": [1], "workspace": "", "folder": 2}'])
def test_a_damaged_record_starts_nothing(job: Job, sandbox: World, record: str) -> None:
    hold(job)
    job("run", "--job", "waits", "--slots", "1", "--", "true")
    kill_host_process(sandbox, "waits")
    (place,) = (sandbox.root / "demo" / ".sygaldry" / "queue").iterdir()
    place.write_text(record)
    done = job("queue", "--start")
    assert (done.returncode, "restarted" in done.stdout, done.stderr) == (0, False, "")


def test_priorities_and_groups_without_slots_are_refused(job: Job) -> None:
    for option in ("--priority", "--group"):
        assert "add --slots 1" in job("run", "--job", "x", option, "1", "--", "true").stderr


def test_a_run_that_a_restart_ended_is_notified_once(job: Job, sandbox: World, tmp_path: Path) -> None:
    message = tmp_path / "message"
    job("run", "--job", "lost", "--wait", "60", "--notify", f"command:cat >> {message}", "--", "true")
    wait_for_text(lambda: message.read_text() if message.exists() else "", "DONE")
    message.write_text("")
    pretend_reboot(sandbox, "lost")
    jobs = sandbox.root / "demo" / ".sygaldry" / "jobs"
    for path in (*jobs.glob("lost-*.host.jsonl"), *(sandbox.root / "demo").glob("**/lost-*/lost-*.jsonl")):
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join(line for line in lines if '"exit"' not in line and '"notified"' not in line))
    for path in (sandbox.root / "demo").glob("**/lost-*/*.rc"):
        path.unlink()
    assert job("list").stdout.startswith("LOST lost ")
    assert "notified about lost" in job("queue", "--start").stdout
    assert "LOST" in message.read_text()
    message.write_text("")
    assert "notified" not in job("queue", "--start").stdout
    assert message.read_text() == ""
