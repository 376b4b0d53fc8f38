"""Archives of logs, and compressed logs."""

import bz2
import gzip
import io
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
