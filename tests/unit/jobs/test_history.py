"""What an estimate learns from the ledgers of successful runs."""

from pathlib import Path

from sygaldry.jobs.estimate import Count, Earlier
from sygaldry.jobs.events import Events, first
from sygaldry.jobs.history import earlier_runs, good_runs
from sygaldry.jobs.paths import RunFiles
from sygaldry.model.timestamps import seconds_of


def finish(folder: Path, log: bytes, *, counted: bool) -> Earlier:
    """Record a successful run of ten steps, and load it."""
    files = RunFiles(str(folder), "j", "20260101T000000000Z")
    ledger = Events(files.events)
    ledger.append("started", 0)
    if counted:
        ledger.append("phase", 0, tool="ninja", phase="build", done=1, total=10)
        ledger.append("progress", 0, tool="ninja", done=6, total=10)
    ledger.append("exit", len(log), state="DONE", rc=0)
    began = seconds_of(first(files.events, "started")["ts"])
    Path(files.log(1)).write_bytes(log)
    Path(files.index(1)).write_text(f"{began + 1:.3f} {len(log)}\n")
    (earlier,) = earlier_runs(good_runs(str(folder), "j"))
    return earlier


def test_counts_come_from_the_events(tmp_path: Path) -> None:
    (part,) = finish(tmp_path, b"[10/10] Building x.o\n", counted=True).parts
    assert part.counted == Count(6, 10, "ninja")
    assert [each.done for each in part.marks] == [1, 6]


def test_the_total_of_a_run_too_short_for_events_comes_from_its_log(tmp_path: Path) -> None:
    (part,) = finish(tmp_path, b"[10/10] Building x.o\n", counted=False).parts
    assert (part.counted, part.marks) == (Count(10, 10, "ninja"), ())


def test_a_run_without_counts_compares_by_its_output(tmp_path: Path) -> None:
    earlier = finish(tmp_path, b"fine\n", counted=False)
    assert earlier.parts == ()
    assert [printed for _, printed in earlier.profile] == [5, 5]
