"""A log is read in windows that meet without a gap or an overlap."""

from pathlib import Path

import pytest

from sygaldry.dashboard import log_window


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "x.log"
    path.write_bytes(b"".join(b"line %06d %s\n" % (number, b"." * (number % 90)) for number in range(20_000)))
    return path


def texts(lines: tuple[log_window.Line, ...]) -> list[str]:
    return ["".join(piece.text for piece in line.pieces) for line in lines]


def test_windows_from_the_end_to_the_start_hold_every_line_once(log: Path) -> None:
    found: list[str] = []
    end = -1
    while end:
        window = log_window.window_before(str(log), end)
        found = [*texts(window.lines), *found]
        end = window.start
    assert found == log.read_text().splitlines()


def test_windows_from_the_start_to_the_end_hold_every_line_once(log: Path) -> None:
    found: list[str] = []
    start, size = 0, log.stat().st_size
    while start < size:
        window = log_window.window_after(str(log), start)
        found += texts(window.lines)
        start = window.end
    assert found == log.read_text().splitlines()


def test_a_window_around_a_line_holds_it(log: Path) -> None:
    offset = log.read_bytes().index(b"line 010000")
    assert offset in [line.offset for line in log_window.window_around(str(log), offset).lines]


def test_a_search_names_lines_by_their_offsets_and_goes_on_where_it_stopped(log: Path) -> None:
    raw = log.read_bytes()
    found: list[int] = []
    start = 0
    while start < len(raw):
        matches = log_window.search(str(log), "5 ", start)
        found += [line.offset for line in matches.lines]
        start = matches.next
    offsets = (0, *(at + 1 for at, byte in enumerate(raw[:-1]) if byte == 10))
    assert found == [at for at in offsets if b"5 " in raw[at : raw.index(b"\n", at)]]


def test_a_text_across_two_blocks_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_window, "_BLOCK", 16)
    path = tmp_path / "x.log"
    path.write_bytes(b"." * 14 + b"needle\n")
    assert [line.offset for line in log_window.search(str(path), "needle", 0).lines] == [0]


def test_a_line_of_a_megabyte_is_one_short_line(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    path.write_bytes(b"first\n" + b"x" * 1_000_000 + b"\nlast\n")
    window = log_window.window_before(str(path), -1)
    assert texts(window.lines)[-1] == "last"
    assert max(len(text) for text in texts(window.lines)) < 5000


def test_a_follower_gets_whole_lines_and_skips_when_it_lags(log: Path) -> None:
    window = log_window.new_lines(str(log), 0)
    assert window.start > log.stat().st_size - 2 * log_window.WINDOW
    with log.open("ab") as file:
        file.write(b"half")
    assert log_window.new_lines(str(log), log.stat().st_size - 4).lines == ()
    with log.open("ab") as file:
        file.write(b" a line\n")
    assert texts(log_window.new_lines(str(log), log.stat().st_size - 12).lines) == ["half a line"]


@pytest.mark.parametrize("offset", [-5, 0, 10**12, 2**62])
def test_any_offset_is_answered(log: Path, offset: int) -> None:
    log_window.window_before(str(log), offset)
    log_window.window_after(str(log), offset)
    log_window.window_around(str(log), offset)
    log_window.search(str(log), "line", offset)


def test_a_link_in_the_place_of_a_log_is_an_empty_log(tmp_path: Path) -> None:
    (tmp_path / "x.log").symlink_to("/etc/passwd")
    assert log_window.window_before(str(tmp_path / "x.log"), -1).lines == ()
    assert log_window.search(str(tmp_path / "x.log"), "root", 0).lines == ()
