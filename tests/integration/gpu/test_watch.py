"""A job notices that its GPU is lost, records it, and ends early if asked. A stub driver plays the scenario."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.faults.jobs._supervised import Supervised, until, wait
from tests.integration.conftest import CHECKOUT
from tests.integration.gpu.conftest import Drivers

from sygaldry.jobs import events

Play = Callable[[str], Drivers]
SOON = {"gpu_nodes": ["/dev/null"], "gpu_after_s": 0.1, "gpu_round_s": 0.2}


@pytest.fixture
def watched(tmp_path: Path, drivers: Play, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Supervised]]:
    """Start a job beside a stub driver."""
    started: list[Supervised] = []

    def begin(scenario: str, script: str, **spec: Any) -> Supervised:
        stub = drivers(scenario)
        for name in ("LD_LIBRARY_PATH", "STUB_DRIVER_SCENARIO"):
            monkeypatch.setenv(name, stub.environment()[name])
        started.append(Supervised(tmp_path / "jobs", script, **{**SOON, **spec}))
        return started[-1]

    yield begin
    for each in started:
        each.end()


def recorded(run: Supervised) -> list[dict[str, Any]]:
    return [each for each in events.read_events(run.paths.events) if each.get("event") == "gpu"]


def change(text: str) -> None:
    """Change the scenario that the stub plays."""
    with Path(os.environ["STUB_DRIVER_SCENARIO"]).open("a") as file:
        file.write(f"\n{text}\n")


@pytest.mark.parametrize(
    ("news", "kind", "text"),
    [
        ("gpu.1.gone=15", "lost", "NVML answers 15"),
        ("gpu.1.ecc_errors=3", "ecc", "3 uncorrectable memory errors"),
        ("gpu.1.throttle=72", "throttle", "the hardware lowers the clocks (0x48)"),
        ("xid=62", "xid", "Xid 62"),
    ],
)
def test_what_becomes_worse_is_recorded_once_and_the_job_goes_on(
    watched: Callable[..., Supervised], tmp_path: Path, news: str, kind: str, text: str
) -> None:
    run = watched("count=2", f"while [ ! -e {tmp_path}/end ]; do sleep 0.05; done")
    until(lambda: run.state == "PROGRESS", "the job runs")
    until(lambda: b"gpu_probe" in _commands(run), "the probe runs")
    change("gpu.0.throttle=8")
    until(lambda: recorded(run), "the first round")
    change(news)
    until(lambda: len(recorded(run)) > 1, f"a record of kind {kind}")
    (tmp_path / "end").touch()
    assert wait(run) == 0
    assert [(each["kind"], each["text"]) for each in recorded(run)][1:] == [(kind, text)]


def test_the_probe_samples_how_busy_the_gpus_are(drivers: Play) -> None:
    stub = drivers("count=2\ngpu.0.busy=30\ngpu.1.busy=70\ngpu.0.used_mib=100\ngpu.1.used_mib=200")
    words = [sys.executable, "-I", "-S", str(CHECKOUT / "src" / "sygaldry" / "supervisor" / "gpu_probe.py"), "60"]
    with subprocess.Popen(words, env={**os.environ, **stub.environment()}, stdout=subprocess.PIPE) as probe:
        assert probe.stdout
        record = json.loads(probe.stdout.readline())
        probe.kill()
    assert record == {"kind": "alive", "gpu_percent": 50, "gpu_bytes": 300 << 20}


def test_a_job_ends_early_when_its_gpu_is_lost_if_asked(watched: Callable[..., Supervised]) -> None:
    run = watched("count=1", "sleep 60", on_gpu_lost="fail", grace_s=1)
    until(lambda: b"gpu_probe" in _commands(run), "the probe runs")
    change("gpu.0.gone=15")
    assert wait(run) == 1
    assert run.state == "FAILED"
    assert "lost its GPU" in run.seen.why


def test_a_driver_that_hangs_counts_as_lost(watched: Callable[..., Supervised]) -> None:
    run = watched("count=1", "sleep 60", on_gpu_lost="fail", grace_s=1, gpu_silent_s=1.0)
    until(lambda: b"gpu_probe" in _commands(run), "the probe runs")
    change("hang=nvmlDeviceGetTotalEccErrors")
    assert wait(run) == 1
    assert [each["kind"] for each in recorded(run)] == ["lost"]
    assert "has not answered" in recorded(run)[0]["text"]


def test_without_a_driver_that_answers_a_job_is_unwatched_and_fine(watched: Callable[..., Supervised]) -> None:
    run = watched("init=9", "sleep 1", on_gpu_lost="fail")
    assert wait(run) == 0
    assert recorded(run) == []


def _commands(run: Supervised) -> bytes:
    from sygaldry.supervisor.process_tree import descendants

    found = b""
    for pid in descendants(run.anchor.pid):
        try:
            found += Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
    return found
