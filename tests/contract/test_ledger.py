"""A ledger of an old release is read for ever."""

from pathlib import Path

import pytest

from sygaldry.flows.job.list import job_list
from sygaldry.flows.job.logs import job_tail
from sygaldry.flows.job.lookup import find_run, inspect_run
from sygaldry.flows.job.status import job_status
from sygaldry.jobs import events
from sygaldry.jobs.paths import jobs_in
from sygaldry.jobs.status_line import read_status

DATA = Path(__file__).parents[1] / "data"
LEDGERS = sorted(DATA.glob("ledger-*"))


@pytest.fixture(params=LEDGERS, ids=lambda path: path.name)
def folder(request: pytest.FixtureRequest) -> str:
    """Give the folder of each release's ledger."""
    return str(request.param)


@pytest.mark.parametrize(
    ("job", "told"),
    [
        ("good", ("DONE", 0, "job", 1)),
        ("bad", ("FAILED", 3, "job", 2)),
        ("long", ("STOPPED", 143, "user", 1)),
        ("lost", ("LOST", None, "machine", 1)),
    ],
)
def test_an_old_run_is_told_as_it_was(folder: str, job: str, told: tuple[str, int | None, str, int]) -> None:
    seen = inspect_run(find_run(folder, job))
    assert (seen.state, seen.code, seen.by, seen.attempt) == told
    assert job_status(folder, job).lines[0].startswith(f"{seen.state.word} ")
    assert read_status(f"{folder}/{job}.status")["state"] == told[0]


def test_old_events_have_the_schema_that_is_documented(folder: str) -> None:
    for job in jobs_in(folder):
        found = events.read_events(find_run(folder, job).events)
        assert [each["seq"] for each in found] == list(range(1, len(found) + 1))
        assert {"v", "seq", "ts", "offset", "event"} <= set.intersection(*(set(each) for each in found))
        assert (found[0]["event"], found[-1]["event"]) == ("submitted", "exit")


def test_old_jobs_are_listed_and_their_logs_read(folder: str) -> None:
    assert len(job_list(folder).lines) == 4
    assert job_tail(folder, ("bad",), "", 5).lines == ("oops",)
