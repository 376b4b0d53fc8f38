"""`tools/rehearse_noble.sh` makes its root once and whole, and passes its options on; programs are stand-ins."""

import subprocess
import time
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "tools" / "rehearse_noble.sh"
STANDS_IN = {
    "id": "echo 0",
    "mmdebstrap": 'echo "mmdebstrap $*" >>"$LOG"; [ ! -e "$LOG.broken" ] || exit 1; for each; do case $each in'
    ' */root) mkdir -p "$each" ;; esac; done',
    "unshare": 'echo "unshare $checkout $given" >>"$LOG"; shift 8; echo "options $*" >>"$LOG"; echo $$ >"$LOG.pid";'
    ' [ ! -e "$LOG.slow" ] || exec sleep 600',
}


class Noble:
    """Run the script with stand-ins that note their arguments."""

    def __init__(self, folder: Path) -> None:
        """Write the stand-ins, and a folder with Spack."""
        self.folder, self.log = folder, folder / "log"
        for name, body in STANDS_IN.items():
            program = folder / "bin" / name
            program.parent.mkdir(exist_ok=True)
            program.write_text(f"#!/bin/sh\n{body}\n")
            program.chmod(0o755)
        for name in ("spack", "spack-packages"):
            (folder / "given" / name).mkdir(parents=True)

    def variables(self, given: str = "given") -> dict[str, str]:
        """Name the stand-ins, the log and the folder with Spack."""
        path = f"{self.folder / 'bin'}:/usr/bin:/bin"
        return {"PATH": path, "LOG": str(self.log), "SYGALDRY_TEST_SPACK": str(self.folder / given)}

    def __call__(self, *words: str, given: str = "given") -> "subprocess.CompletedProcess[str]":
        """Run it; the log begins anew."""
        self.log.write_text("")
        return subprocess.run([SCRIPT, *words], env=self.variables(given), capture_output=True, text=True, check=False)


@pytest.fixture
def noble(tmp_path: Path) -> Noble:
    return Noble(tmp_path)


def test_the_root_is_made_once_and_options_go_to_the_rehearsal(noble: Noble) -> None:
    work = noble.folder / "a folder"
    first = noble(str(work), "--debian", "http://mirror/debian")
    assert first.returncode == 0, first.stderr
    made, entered, options = noble.log.read_text().splitlines()
    assert f" noble {work}/root deb [" in made
    assert "noble-updates main universe" in made
    assert entered == f"unshare {SCRIPT.parents[1]} {noble.folder}/given"
    assert options == "options --debian http://mirror/debian"
    assert noble(str(work)).returncode == 0
    assert "mmdebstrap" not in noble.log.read_text()


def test_a_root_that_was_not_finished_is_made_again(noble: Noble) -> None:
    noble.log.with_name("log.broken").touch()
    assert noble(str(noble.folder / "work")).returncode == 1
    assert "unshare" not in noble.log.read_text()
    noble.log.with_name("log.broken").unlink()
    assert noble(str(noble.folder / "work")).returncode == 0
    assert noble.log.read_text().startswith("mmdebstrap ")


def test_a_signal_ends_everything_inside(noble: Noble) -> None:
    noble.log.with_name("log.slow").touch()
    inside = noble.log.with_name("log.pid")
    script = subprocess.Popen([SCRIPT, noble.folder / "work"], env=noble.variables(), stdout=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while not (inside.exists() and inside.read_text().endswith("\n")) and time.monotonic() < end:
        time.sleep(0.02)
    script.terminate()
    assert script.wait(60) == 143
    state = Path("/proc") / inside.read_text().strip() / "stat"
    while state.exists() and ") Z " not in state.read_text() and time.monotonic() < end:
        time.sleep(0.02)  # a signal is delivered, and who inherits the process reaps it, a moment later
    assert not state.exists() or ") Z " in state.read_text()


def test_what_is_missing_is_named(noble: Noble) -> None:
    assert "name a folder" in noble().stderr
    refused = noble("work", given="elsewhere")
    assert refused.returncode == 1
    assert f"there is no spack and spack-packages in {noble.folder}/elsewhere" in refused.stderr
