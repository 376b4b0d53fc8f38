"""Logs."""

from pathlib import Path

import pytest
from tests.faults.jobs._supervised import Start, Supervised, wait

from sygaldry.flows.job import log_reader
from sygaldry.flows.job.logs import LogSelection, job_logs
from sygaldry.jobs import events


def test_a_log_holds_no_word_that_the_command_did_not_print(start: Start) -> None:
    run = start("printf up; kill -9 $$")
    assert wait(run) == 1
    assert run.log == b"up"


def shown(run: Supervised) -> list[str]:
    """Read a log as `job logs` does."""
    lines: list[str] = []
    job_logs(run.paths.folder, (run.paths.job,), run.paths.run, LogSelection(), lines.append)
    return lines


def test_a_million_lines_are_all_there(start: Start) -> None:
    run = start("seq 1000000")
    assert wait(run, 60) == 0
    assert run.log.count(b"\n") == 1_000_000
    assert run.log.endswith(b"\n1000000\n")
    assert log_reader.last_lines(run.paths.log(), 2) == ["999999", "1000000"]


def test_a_line_of_sixty_four_mebibytes_is_kept_whole_and_shown_clipped(start: Start) -> None:
    run = start("head -c 67108864 /dev/zero | tr '\\0' x; echo; echo end")
    assert wait(run, 60) == 0
    assert Path(run.paths.log()).stat().st_size == 67108864 + 5
    first, last = shown(run)
    assert (first[:400], last) == ("x" * 400, "end")
    assert len(first) < 500
    assert log_reader.last_lines(run.paths.log(), 1) == ["end"]


def test_nul_bytes_and_invalid_utf8_are_kept_and_shown_harmlessly(start: Start) -> None:
    run = start(r"""head -c 5000 /dev/zero; echo; printf '\377\376 \033[31mred\033[0m\n'; exit 2""")
    assert wait(run) == 1
    assert run.log == bytes(5000) + b"\n\xff\xfe \x1b[31mred\x1b[0m\n"
    assert shown(run) == ["[binary 5000 bytes]", "\ufffd\ufffd red"]
    run.assert_whole()


def test_a_long_log_is_bounded_and_its_offsets_stay_true(start: Start) -> None:
    run = start("seq 2000000; sleep 2; echo end", log_max=4 << 20)
    assert wait(run, 60) == 0
    status = Path(run.paths.log()).stat()
    whole = sum(len(str(number)) + 1 for number in range(1, 2000001)) + 4
    assert status.st_size == whole
    if not events.last(run.paths.events, "log-trimmed"):
        pytest.skip("this file system punches no holes")
    assert status.st_blocks * 512 < 6 << 20
    lines = shown(run)
    assert (lines[0], lines[-1]) == ("1", "end")
    assert any("were removed" in line for line in lines)
