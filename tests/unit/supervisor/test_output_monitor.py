"""The monitor samples size and silence, keeps an index, and bounds a log without moving offsets."""

from pathlib import Path

import pytest

from sygaldry.supervisor.output_monitor import Output, is_own_cgroup, oom_kills
from sygaldry.supervisor.status_line import visible_line


def monitor(folder: Path, most: int = 0) -> tuple[Output, Path]:
    return Output(str(folder / "log"), str(folder / "idx"), most), folder / "log"


def test_growth_is_sampled_and_indexed(tmp_path: Path) -> None:
    output, log = monitor(tmp_path)
    assert not output.sample()
    log.write_bytes(b"12345")
    assert output.sample()
    assert not output.sample()
    assert (tmp_path / "idx").read_text().split()[1] == "5"
    output.close()


def test_a_log_is_never_opened_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "log").symlink_to("/dev/null")
    with pytest.raises(OSError, match="symbolic links"):
        monitor(tmp_path)


@pytest.mark.parametrize("most", [1 << 20, 200 << 10])
def test_a_bounded_log_keeps_its_start_its_end_and_its_size(tmp_path: Path, most: int) -> None:
    output, log = monitor(tmp_path, most)
    for number in range(80):
        with log.open("ab") as file:
            file.write(b"%06d\n" % number * 18_725)
        output.sample()
        output.trim()
    raw = log.read_bytes()
    assert len(raw) == 80 * 18_725 * 7, "offsets stay valid"
    assert raw.startswith(b"000000\n")
    assert raw.endswith(b"000079\n")
    assert log.stat().st_blocks * 512 <= most, "the limit holds"
    output.close()


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (b"", ""),
        (b"one\ntwo\n\n", "two"),
        (b"10%\r20%\r", "20%"),
        (b"\x1b[2K\x1b[1mbold\x1b[0m\n", "bold"),
        (b"\x1b]0;title\x07text\n", "text"),
        (b"ok\n\0\0\0", "ok"),
        (b"\xff\n", "\ufffd"),
    ],
)
def test_the_last_visible_line_is_what_a_terminal_would_show(raw: bytes, line: str) -> None:
    assert visible_line(raw) == line


@pytest.mark.parametrize(("container", "own"), [("docker", True), ("podman", True), ("sandbox", False), ("", False)])
def test_only_an_engines_container_has_a_cgroup_of_its_own(
    monkeypatch: pytest.MonkeyPatch, container: str, own: bool
) -> None:
    monkeypatch.setenv("SYGALDRY_CONTAINER", container)
    assert is_own_cgroup() is own


@pytest.mark.parametrize(
    ("own", "counted"),
    [
        ("4:cpu,memory:/slurm_n1/job_7\n0::/\n", "memory/slurm_n1/job_7/memory.oom_control"),
        ("0::/user.slice/session\n", "user.slice/session/memory.events"),
        ("0::/\n", "memory.events"),
        ("4:memory:/docker/1234\n", "memory/memory.oom_control"),  # a container whose group is the root that it sees
        ("", "memory.events"),
    ],
)
def test_kills_are_counted_in_the_own_control_group(tmp_path: Path, own: str, counted: str) -> None:
    (tmp_path / "own").write_text(own)
    path = tmp_path / "root" / counted
    path.parent.mkdir(parents=True)
    path.write_text("oom 1\noom_kill 3\n")
    assert oom_kills(f"{tmp_path}/root", f"{tmp_path}/own") == 3
    path.unlink()
    assert oom_kills(f"{tmp_path}/root", f"{tmp_path}/own") == 0
