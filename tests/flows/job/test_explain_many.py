"""Logs as they are kept: compressed, in UTF-16, in archives and folders, several of one failure."""

import bz2
import gzip
import io
import json
import lzma
import shutil
import tarfile
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from sygaldry.flows.job.explain_log import LogRequest, explain_log
from sygaldry.host import spool
from sygaldry.model.errors import StorageError, UsageError

LOG = "building\n" * 9 + "src/a.c:7:3: error: no member named x\nmake: *** [all] Error 1\n"
ZSTD = bytes.fromhex(
    "28b52ffd04584d02007204101790c53900ab1e59d96c436813abf3cd56be939d5d5f5a6637f8ed378cac95878d314655722fe0a49bccd7b3ba6eccf8f6ab91c002519002fa7209536929c009010045b41c019548fca4"
)  # LOG, packed by zstd 1.5
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


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz"])
def test_a_truncated_log_is_reported_as_truncated(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"log.{kind}"
    raw = LOG.encode() * 999
    packed = {"gz": gzip.compress(raw), "bz2": bz2.compress(raw), "xz": lzma.compress(raw)}[kind]
    path.write_bytes(packed[:60])
    with pytest.raises(StorageError, match="the file is truncated"):
        explain_log(LogRequest((str(path),), "2"))


def test_zstandard_is_read_by_the_command_or_the_package(tmp_path: Path) -> None:
    path = tmp_path / "log.zst"
    path.write_bytes(ZSTD)
    if not shutil.which("zstd") and not find_spec("zstandard"):
        with pytest.raises(UsageError, match="neither the command zstd nor the Python package"):
            explain_log(LogRequest((str(path),), "2"))
        return
    assert explain_log(LogRequest((str(path),), "2")).lines[0].startswith(HEAD)
    path.write_bytes(ZSTD[:-9])
    with pytest.raises(StorageError, match="cannot unpack"):
        explain_log(LogRequest((str(path),), "2"))


def test_a_tar_archive_is_read_without_its_links_and_nested_archives(tmp_path: Path) -> None:
    path = tmp_path / "logs.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, text in {"./a.log": "waiting\n", "../b.log": LOG, "c.zip": LOG}.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
        link = tarfile.TarInfo("d.log")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    report = explain_log(LogRequest((str(path),), "2"))
    assert report.lines[0] == "cause in ../b.log"
    assert not (tmp_path.parent / "b.log").exists()


def test_a_compressed_log_in_an_archive_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "logs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.log.gz", gzip.compress(LOG.encode()))
        archive.writestr("b.log", "waiting\n")
    assert explain_log(LogRequest((str(path),), "2")).lines[0] == "cause in a.log.gz"


def test_an_archive_that_claims_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "logs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(501):
            archive.writestr(f"{number}.log", "waiting\n")
    with pytest.raises(UsageError, match="too many or too large"):
        explain_log(LogRequest((str(path),), "2"))


def test_an_archive_that_claims_to_unpack_a_thousandfold_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "logs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.log", "waiting\n")
        archive.filelist[0].file_size = 2_000_000_000
    with pytest.raises(UsageError, match="too many or too large"):
        explain_log(LogRequest((str(path),), "2"))


def test_only_a_size_or_a_ratio_that_no_log_has_is_excessive() -> None:
    assert not spool.is_excessive(900_000_000, packed=1_000_000)
    assert not spool.is_excessive(4_000_000_000, packed=100_000_000)
    assert spool.is_excessive(2_000_000_000, packed=1_000_000)
    assert spool.is_excessive(1 << 40, packed=1 << 39)


def test_a_compressed_log_with_a_hole_keeps_its_line_numbers_and_takes_little_room(tmp_path: Path) -> None:
    path = tmp_path / "a.log.gz"
    path.write_bytes(gzip.compress(b"\n" * 7 + bytes(4 << 20) + f"\n{LOG}".encode() + bytes(2 << 20)))
    lines = explain_log(LogRequest((str(path),), "2")).lines
    assert lines[0].startswith(HEAD)
    assert int(lines[1].partition(":")[0]) == 8 + 10


def test_folders_beside_logs_at_the_top_are_read_too(tmp_path: Path) -> None:
    path = tmp_path / "logs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("README.txt", "the logs of two machines\n")
        archive.writestr("node7/a.log", LOG)
    assert explain_log(LogRequest((str(path),), "2")).lines[0] == "cause in node7/a.log"


@pytest.mark.parametrize("length", [60, 200, -40])
def test_a_zip_archive_whose_writer_died_is_reported_as_incomplete(tmp_path: Path, length: int) -> None:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("1_build.txt", LOG)
    path = tmp_path / "logs.zip"
    path.write_bytes(whole.getvalue()[:length])
    with pytest.raises(StorageError, match="the archive is not complete") as error:
        explain_log(LogRequest((str(path),), "2"))
    assert f"zip -FF {path}" in (error.value.hint or "")


def test_an_empty_zip_archive_holds_no_logs(tmp_path: Path) -> None:
    path = tmp_path / "logs.zip"
    with zipfile.ZipFile(path, "w"):
        pass
    with pytest.raises(UsageError, match="holds no logs"):
        explain_log(LogRequest((str(path),), "2"))


def test_an_archive_of_archives_holds_no_logs(tmp_path: Path) -> None:
    path = tmp_path / "logs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("inner.zip", "PK")
    with pytest.raises(UsageError, match="holds no logs"):
        explain_log(LogRequest((str(path),), "2"))


def test_a_name_in_an_archive_is_shown_harmlessly(tmp_path: Path) -> None:
    path = tmp_path / "logs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a\x1b[31m\u202egol.exe\n.log", LOG)
        archive.writestr("b.log", "waiting\n")
    head = explain_log(LogRequest((str(path),), "2")).lines[0]
    assert head == "cause in a<U+202E>gol.exe .log"


def test_the_noise_of_a_successful_run_is_ignored_in_every_log(tmp_path: Path) -> None:
    for name in ("a.log", "b.log"):
        (tmp_path / name).write_text("fatal error: no cache yet, starting\n" + (LOG if name == "b.log" else ""))
    good = tmp_path / "good.log.gz"
    good.write_bytes(gzip.compress(b"fatal error: no cache yet, starting\nfine\n"))
    paths = (str(tmp_path / "a.log"), str(tmp_path / "b.log"))
    report = explain_log(LogRequest(paths, "2", good=str(good)))
    assert report.lines[0] == f"cause in {paths[1]}"
    assert not any("no cache yet" in line for line in report.lines[1:3])


@pytest.mark.parametrize("style", ["github", "json", "sarif", "text"])
def test_since_and_several_logs_go_with_every_format(tmp_path: Path, style: str) -> None:
    paths = []
    for name in ("a", "b"):
        path = tmp_path / name
        path.write_text(f"2026-11-28T05:00:00Z error: old {name}\n2026-11-28T06:00:00Z error: new {name}\n")
        paths.append(str(path))
    lines = explain_log(LogRequest(tuple(paths), "1", since="2026-11-28T05:30:00", format=style)).lines
    assert any("error: new" in line for line in lines)
    assert not any("error: old" in line for line in lines)


def test_a_since_after_the_last_line_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("2026-11-28T05:00:00Z error: old unit A\n")
    lines = explain_log(LogRequest((str(path),), "1", since="2026-11-28T09:00:00")).lines
    assert "no line of the log has a time stamp at or after --since" in lines[0]


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
    (run,) = json.loads(text)["runs"]
    assert run["tool"]["driver"]["rules"][0]["shortDescription"] == {"text": "C and C++ compilers"}
    (result,) = run["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 7, "startColumn": 3}


def test_a_log_with_a_hole_is_read_around_it(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with path.open("wb") as file:
        file.write(b"start\n")
        file.truncate(3 << 30)
        file.seek(0, 2)
        file.write(LOG.encode())
    assert explain_log(LogRequest((str(path),), "2")).lines[1].startswith("11: ")


HOLE = 5 << 30


@pytest.mark.parametrize(
    "typed",
    [{"tokens": "2000"}, {"since": "2026-11-28T05:30:00"}, {"good": "log"}],
    ids=["outline", "since", "good"],
)
def test_every_option_reads_around_a_hole(tmp_path: Path, typed: dict[str, str]) -> None:
    path = tmp_path / "log"
    with path.open("wb") as file:
        file.write(b"2026-11-28T05:00:00Z start\n")
        file.truncate(HOLE)
        file.seek(0, 2)
        file.write(b"\n2026-11-28T06:00:00Z again\n" + LOG.encode())
    if "good" in typed:
        typed = {"good": str(path)}
    lines = explain_log(LogRequest((str(path),), "2", **typed)).lines
    assert any(line.startswith("13: src/a.c:7:3: error") for line in lines)


@pytest.mark.parametrize("tokens", ["200", "2000"])
def test_a_hole_at_the_end_is_no_part_of_a_log(tmp_path: Path, tokens: str) -> None:
    path = tmp_path / "log"
    path.write_text(LOG)
    with path.open("r+b") as file:
        file.truncate(HOLE)
    lines = explain_log(LogRequest((str(path),), "2", tokens=tokens)).lines
    assert lines[0].startswith(HEAD)
    assert lines[1].startswith("10: ")
    assert not any(line.startswith("12:") for line in lines)


def test_a_log_that_is_only_a_hole_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with path.open("wb") as file:
        file.truncate(HOLE)
    assert "the log is empty" in explain_log(LogRequest((str(path),), "1")).lines[0]


@pytest.mark.parametrize("age", ["10m", "1h30m", "2w", "999999d", "999999w999999w"])
def test_an_age_of_any_length_is_a_time(age: str) -> None:
    from datetime import UTC, datetime

    from sygaldry.explain.since import parse_since

    now = datetime(2026, 11, 28, tzinfo=UTC)
    since = parse_since(age, now)
    assert since is not None
    assert since < now


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


def test_empty_logs_of_an_archive_are_reported_as_empty(tmp_path: Path) -> None:
    path = tmp_path / "logs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.log", "")
    assert "the log is empty" in explain_log(LogRequest((str(path),), "1")).lines[0]


def test_a_damaged_member_of_an_archive_does_not_hide_the_others(tmp_path: Path) -> None:
    path = tmp_path / "logs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.log", "waiting\n")
        archive.writestr("b.log", LOG)
    path.write_bytes(path.read_bytes().replace(b"waiting", b"Waiting", 1))
    report = explain_log(LogRequest((str(path),), "2"))
    assert report.lines[0].startswith(HEAD)
    assert report.lines[-1].startswith("left out: a.log")


def test_a_symbolic_link_in_a_zip_archive_is_no_log(tmp_path: Path) -> None:
    path = tmp_path / "logs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("l.log")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "error: /etc/passwd")
        archive.writestr("b.log", LOG)
    assert explain_log(LogRequest((str(path),), "2")).lines[0].startswith(HEAD)


def test_compressed_logs_in_an_archive_share_one_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "logs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(4):
            archive.writestr(f"{number}.gz", gzip.compress(b"x\n" * (1 << 20)))
    monkeypatch.setattr(spool, "_ORDINARY", 6 << 20)
    with pytest.raises(UsageError, match="too many or too large"):
        explain_log(LogRequest((str(path),), "2"))


def test_a_zip_archive_with_a_name_that_is_not_utf_8_is_an_expected_failure(tmp_path: Path) -> None:
    path = tmp_path / "logs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ä.log", LOG)
    path.write_bytes(path.read_bytes().replace("ä".encode(), b"\xff\xfe"))
    with pytest.raises(StorageError, match="cannot unpack"):
        explain_log(LogRequest((str(path),), "2"))


def test_a_zip_archive_in_a_compressed_file_is_an_archive(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        for number in (2, 10):
            archive.writestr(f"{number}_step.txt", LOG)
    path = tmp_path / "logs.zip.gz"
    path.write_bytes(gzip.compress(inner.getvalue()))
    assert explain_log(LogRequest((str(path),), "2")).lines[0] == "cause in 2_step.txt"


@pytest.mark.parametrize("kind", ["bz2", "xz"])
def test_the_hint_for_a_truncated_log_names_the_command_of_its_format(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"my log.{kind}"
    raw = LOG.encode() * 999
    path.write_bytes((bz2.compress(raw) if kind == "bz2" else lzma.compress(raw))[:60])
    with pytest.raises(StorageError) as error:
        explain_log(LogRequest((str(path),), "2"))
    command = {"bz2": "bzip2", "xz": "xz"}[kind]
    assert error.value.hint == f"explain what is left of it: {command} -dc '{path}' | sygaldry job explain --log -"


@pytest.mark.parametrize("tokens", [40, 60, 100, 200])
def test_several_logs_share_the_budget(tmp_path: Path, tokens: int) -> None:
    from sygaldry.explain.format_answer import count_tokens

    for number in range(4):
        noise = f"src/{number}.c:7:3: error: no member named {'long_' * 40}{number} in 'struct reader'\n"
        (tmp_path / f"a-log-with-a-long-name-of-machine-{number}.log").write_text(noise * 3)
    lines = explain_log(LogRequest((str(tmp_path),), "2", tokens=str(tokens))).lines
    assert count_tokens("\n".join(lines)) <= tokens
    assert lines[0].startswith("cause in a-log")
