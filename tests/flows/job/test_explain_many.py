"""Logs as they are kept: compressed, in UTF-16, in archives and folders, several of one failure."""

import gzip
import json
import zipfile
from pathlib import Path

import pytest

from sygaldry.flows.job.explain_log import LogRequest, explain_log
from sygaldry.host import spool
from sygaldry.model.errors import StorageError, UsageError

LOG = "building\n" * 9 + "src/a.c:7:3: error: no member named x\nmake: *** [all] Error 1\n"
HEAD = "exited 2: src/a.c:7:3 does not compile"


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


def test_only_a_size_or_a_ratio_that_no_log_has_is_excessive() -> None:
    assert not spool.is_excessive(900_000_000, packed=1_000_000)
    assert not spool.is_excessive(4_000_000_000, packed=100_000_000)
    assert spool.is_excessive(2_000_000_000, packed=1_000_000)
    assert spool.is_excessive(1 << 40, packed=1 << 39)


def test_the_noise_of_a_successful_run_is_ignored_in_every_log(tmp_path: Path) -> None:
    for name in ("a.log", "b.log"):
        (tmp_path / name).write_text("fatal error: no cache yet, starting\n" + (LOG if name == "b.log" else ""))
    good = tmp_path / "good.log.gz"
    good.write_bytes(gzip.compress(b"fatal error: no cache yet, starting\nfine\n"))
    paths = (str(tmp_path / "a.log"), str(tmp_path / "b.log"))
    report = explain_log(LogRequest(paths, "2", good=str(good)))
    assert report.lines[0] == f"cause in {paths[1]}"
    assert not any("no cache yet" in line for line in report.lines[1:3])


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
    (run,) = json.loads(text)["runs"]
    assert run["tool"]["driver"]["rules"][0]["shortDescription"] == {"text": "C and C++ compilers"}
    (result,) = run["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 7, "startColumn": 3}


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32"])
def test_a_log_in_another_encoding_is_read_without_a_mark(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "log"
    path.write_bytes(LOG.replace("member named x", "member named größe€").encode(encoding))
    assert "größe€" in explain_log(LogRequest((str(path),), "2")).lines[1]


def test_a_path_given_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(LOG)
    report = explain_log(LogRequest((str(tmp_path / "a.log"), f"{tmp_path}/./a.log"), "2"))
    assert report.lines[0].startswith(HEAD)
    assert "consequences" not in report.data


def test_files_that_cannot_be_read_are_left_out_and_reported(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(LOG)
    (tmp_path / "b.gz").write_bytes(gzip.compress(LOG.encode())[:-9])
    with zipfile.ZipFile(tmp_path / "c", "w") as archive:
        archive.writestr("d.log", LOG)
    report = explain_log(LogRequest((str(tmp_path),), "2"))
    assert report.lines[-1] == "left out: b.gz and 1 more (reasons: --json)"
    assert report.data["left_out"] == ["b.gz: cannot unpack b.gz: the file is truncated", "c: an archive inside"]


def test_a_folder_of_links_and_damaged_files_has_an_error_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "a.log").symlink_to("/etc/passwd")
    with pytest.raises(UsageError, match="holds no logs"):
        explain_log(LogRequest((str(tmp_path),), "2"))
    (tmp_path / "b.gz").write_bytes(gzip.compress(LOG.encode())[:-9])
    with pytest.raises(StorageError, match="the file is truncated"):
        explain_log(LogRequest((str(tmp_path),), "2"))


@pytest.mark.parametrize("tokens", [40, 60, 100, 200])
def test_several_logs_share_the_budget(tmp_path: Path, tokens: int) -> None:
    from sygaldry.explain.format_answer import count_tokens

    for number in range(4):
        noise = f"src/{number}.c:7:3: error: no member named {'long_' * 40}{number} in 'struct reader'\n"
        (tmp_path / f"a-log-with-a-long-name-of-machine-{number}.log").write_text(noise * 3)
    lines = explain_log(LogRequest((str(tmp_path),), "2", tokens=str(tokens))).lines
    assert count_tokens("\n".join(lines)) <= tokens
    assert lines[0].startswith("cause in a-log")
