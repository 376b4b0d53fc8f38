"""Jobs on real runtimes."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.integration.conftest import CHECKOUT, World
from tests.integration.sandbox.conftest import sandbox

__all__ = ["sandbox"]
Job = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def job(sandbox: World) -> Iterator[Job]:
    """Run `tools/zephyr_job VERB --project-id demo ...`; what still runs at the end of the test is stopped."""

    def run(verb: str, *words: str, stdin: str | None = None) -> "subprocess.CompletedProcess[str]":
        program = CHECKOUT / "tools" / "zephyr_job"
        return sandbox.run(verb, "--project-id", "demo", *words, program=program, stdin=stdin)

    yield run
    for path in (sandbox.root / "demo" / "bazel_cache" / "zephyr_jobs").glob("*.status"):
        run("stop", path.name.removesuffix(".status"))


def wait_for_text(text: Callable[[], str], wanted: str, within_s: float = 60) -> None:
    """Wait until something reads as wanted."""
    deadline = time.monotonic() + within_s
    while wanted not in (found := text()):
        assert time.monotonic() < deadline, found
        time.sleep(0.1)


def kill_host_process(world: World, name: str) -> None:
    """Kill whatever holds the host lock of a job, as a user or a lack of memory does."""
    (lock,) = (world.root / "demo" / ".sygaldry" / "jobs").glob(f"{name}-*.host.lock")
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and str(lock) in _opened(process):
            os.kill(int(process.name), signal.SIGKILL)


def _opened(process: Path) -> set[str]:
    try:
        return {str(each.readlink()) for each in (process / "fd").iterdir()}
    except OSError:  # it has ended, or it is another user's
        return set()


def pretend_reboot(world: World, name: str) -> None:
    """Give a run the boot ID of an earlier boot."""
    boot_id = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    (record,) = (world.root / "demo" / ".sygaldry" / "jobs").glob(f"{name}-*.host.jsonl")
    record.write_text(record.read_text().replace(boot_id, "another-boot"))
