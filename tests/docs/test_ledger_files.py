"""The reference of the ledger names every file of a run."""

from pathlib import Path

from tests.docs.ledger_files import is_documented, names

from sygaldry.supervisor.run_files import RunFiles

JOB, RUN = "build", "20260101T000000000Z"


def test_every_file_of_a_run_is_in_the_reference(tmp_path: Path) -> None:
    (tmp_path / f"{JOB}-{RUN}").mkdir()
    files = RunFiles(str(tmp_path), JOB, RUN)
    paths = [path for path in vars(files).values() if path.startswith(f"{files.own}/{JOB}")]
    paths += [files.log(), files.index(), files.code(), files.run_lock(), files.lifeline(), files.lifeline("3")]
    paths += [files.log(2), f"{files.code(2)}.draft", files.record, files.engine]
    undocumented = [path for path in paths if path != files.base and not is_documented(Path(path).name)]
    assert undocumented == []


def test_a_name_that_the_reference_lacks_is_found() -> None:
    assert names()
    assert not is_documented(f"{JOB}-{RUN}.other")
