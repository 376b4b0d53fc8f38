"""RunFiles of jobs and runs."""

from pathlib import Path

import pytest

from sygaldry.jobs.paths import check_job, is_run, jobs_in, new_run, newest_run, runs_of, without_elements
from sygaldry.model.errors import UsageError

RUN = "20261122T050908230Z"


@pytest.mark.parametrize("name", ["a", "zephyr-build", "A.b_c-9", "x" * 64])
def test_plain_names_are_names(name: str) -> None:
    assert check_job(name) == name


@pytest.mark.parametrize(
    "name", ["", "-a", ".a", "a/b", 'a"b/../c', "a..b", "a b", "ä", "a\n", "a\0", "x" * 65, "$(id)", "a;b", "*"]
)
def test_hostile_names_are_refused_with_what_a_name_may_have(name: str) -> None:
    with pytest.raises(UsageError) as error:
        check_job(name)
    assert "letters, digits" in error.value.hint


def test_a_run_is_named_by_its_time() -> None:
    assert new_run(1795324148_230_999_999) == "20261122T050908230Z"
    assert is_run(RUN)
    assert not is_run("latest")


def test_a_job_is_never_a_prefix_match(tmp_path: Path) -> None:
    for name in (f"build-{RUN}.jsonl", f"build-two-{RUN}.jsonl", f"build-{RUN}-{RUN}.jsonl", "build.jsonl", "x.status"):
        (tmp_path / name).touch()
    assert runs_of(str(tmp_path), "build") == (RUN,)
    assert runs_of(str(tmp_path), "build-two") == (RUN,)
    assert jobs_in(str(tmp_path)) == ("build", f"build-{RUN}", "build-two")


def test_the_newest_run_is_found_without_and_with_a_torn_status(tmp_path: Path) -> None:
    for run in (RUN, "20261123T050908230Z"):
        (tmp_path / f"b-{run}.jsonl").touch()
    for status in ("", "FAIL", "DONE job=b run=nonsense ts=", "DONE job=b run=20990101T000000000Z"):
        (tmp_path / "b.status").write_text(status)
        assert newest_run(str(tmp_path), "b") == "20261123T050908230Z"
    (tmp_path / "b.status").write_text(f"DONE job=b run={RUN} ts=x")
    assert newest_run(str(tmp_path), "b") == RUN


def test_a_folder_that_is_not_there_has_no_jobs(tmp_path: Path) -> None:
    assert jobs_in(str(tmp_path / "none")) == ()


def test_elements_of_an_array_are_not_jobs_of_their_own() -> None:
    first, second = "20260101T000000000Z", "20260101T000000001Z"
    runs = {"many": (first,), "many.0": (first, second), "many.1": (first,), "other.1": (first,), "v1.2": (second,)}
    assert without_elements(runs) == {"many": (first,), "many.0": (second,), "other.1": (first,), "v1.2": (second,)}
