"""Logs as they are kept: compressed, in UTF-16, in archives and folders, several of one failure."""

import gzip
import json
import lzma
import zipfile
from pathlib import Path

import pytest

from sygaldry.flows.job.explain_log import LogRequest, explain_log
from sygaldry.model.errors import StorageError, UsageError

LOG = "building\n" * 9 + "src/a.c:7:3: error: no member named x\nmake: *** [all] Error 1\n"
HEAD = "exited 2: src/a.c:7:3 does not compile"


def packed(folder: Path, kind: str) -> Path:
    path = folder / f"log.{kind}"
    if kind == "gz":
        path.write_bytes(gzip.compress(LOG.encode()))
    elif kind == "xz":
        path.write_bytes(lzma.compress(LOG.encode()))
    elif kind == "utf-16":
        path.write_text(LOG, "utf-16")
    return path


@pytest.mark.parametrize("kind", ["gz", "xz", "utf-16"])
def test_a_packed_log_is_read_with_true_line_numbers(tmp_path: Path, kind: str) -> None:
    lines = explain_log(LogRequest((str(packed(tmp_path, kind)),), "2")).lines
    assert lines[0].startswith(HEAD)
    assert lines[1].startswith("10: ")


def test_of_githubs_archive_the_job_with_the_failed_step_is_the_cause(tmp_path: Path) -> None:
    path = tmp_path / "logs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("0_lint.txt", "2026-11-28T05:00:00Z error: nothing to lint, ignored\n")
        archive.writestr("1_build.txt", f"{LOG}##[error]Process completed with exit code 2.\n")
        archive.writestr("build/1_step.txt", "a copy\n")
    report = explain_log(LogRequest((str(path),), "2"))
    assert report.lines[:1] == ("cause in 1_build.txt",)
    assert report.data["cause"]["log"] == "1_build.txt"  # type: ignore[index,call-overload]


def test_a_folder_and_several_files_are_one_failure(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("waiting\n")
    (tmp_path / "b.log").write_text(LOG)
    names = (str(tmp_path / "a.log"), str(tmp_path / "b.log"))
    assert explain_log(LogRequest((str(tmp_path),), "2")).lines[0] == "cause in b.log"
    assert explain_log(LogRequest(names, "2")).lines[0] == f"cause in {names[1]}"


def test_hidden_folders_hold_no_logs(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("waiting\n")
    (tmp_path / ".git" / "hooks").mkdir(parents=True)
    (tmp_path / ".git" / "hooks" / "pre-commit.sample").write_text(LOG)
    assert not any(".git" in line for line in explain_log(LogRequest((str(tmp_path),), "2")).lines)


def test_a_truncated_archive_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "log.gz"
    path.write_bytes(gzip.compress(LOG.encode() * 999)[:60])
    with pytest.raises(StorageError, match="cannot unpack"):
        explain_log(LogRequest((str(path),), "2"))


def test_lines_before_since_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("2026-11-28T05:00:00Z error: old unit A\n2026-11-28T06:00:00Z error: new unit B\n")
    lines = explain_log(LogRequest((str(path),), "1", since="2026-11-28T05:30:00")).lines
    assert "2: error: new unit B" in lines
    assert not any("old unit A" in line for line in lines)


def test_a_since_that_is_no_time_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a time"):
        explain_log(LogRequest((str(tmp_path),), "1", since="soon"))


def test_an_empty_log_is_reported_as_empty(tmp_path: Path) -> None:
    (tmp_path / "log").touch()
    assert "the log is empty" in explain_log(LogRequest((str(tmp_path / "log"),), "1")).lines[0]


def test_github_gets_an_annotation_and_sarif_a_place(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text(LOG)
    (line,) = explain_log(LogRequest((str(path),), "2", format="github")).lines
    assert line.startswith("::error file=src/a.c,line=7,col=3,title=")
    assert "\n" not in line
    (text,) = explain_log(LogRequest((str(path),), "2", format="sarif")).lines
    (result,) = json.loads(text)["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 7, "startColumn": 3}


def test_a_log_with_a_hole_is_read_around_it(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with path.open("wb") as file:
        file.write(b"start\n")
        file.truncate(3 << 30)
        file.seek(0, 2)
        file.write(LOG.encode())
    assert explain_log(LogRequest((str(path),), "2")).lines[1].startswith("11: ")
