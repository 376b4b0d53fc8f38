"""A Docker daemon of our own, beside the machine's, that can be stopped, killed and started again."""

import contextlib
import os
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.jobs._launched import parent_of, processes_with
from tests.faults.jobs._supervised import until

_PATIENCE_S = 30.0

_CONTAINERD = """version = 2
root = "{folder}/containerd"
state = "{folder}/state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
address = "{folder}/containerd.sock"
"""


@dataclass
class Daemon:
    """A daemon over a containerd of its own, as a system has them.

    In a network of its own, too: told to have no bridge, it would take the one of the machine's daemon away.
    """

    folder: Path
    containerd: "subprocess.Popen[bytes] | None" = field(default=None, init=False)
    process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    @property
    def host(self) -> str:
        return f"unix://{self.folder}/sock"

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start it and wait until it answers."""
        if self.containerd is None:
            self.folder.mkdir()
            # To remove its layers from the disk took 20 s.
            subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(self.folder)], check=True, capture_output=True)
            (self.folder / "containerd.toml").write_text(_CONTAINERD.format(folder=self.folder))
            self.containerd = self._started("containerd", "--config", f"{self.folder}/containerd.toml")
            until((self.folder / "containerd.sock").exists, "containerd to start")
        self.process = self._started(
            "unshare", "--net", "--", "dockerd", "--host", self.host, "--pidfile", f"{self.folder}/pid",
            "--data-root", f"{self.folder}/data", "--exec-root", f"{self.folder}/exec",
            "--containerd", f"{self.folder}/containerd.sock",
            "--bridge", "none", "--iptables=false", "--ip-masq=false",
        )  # fmt: skip
        until(lambda: not self.runs or self.ask("version").returncode == 0, "the daemon to answer")
        assert self.runs, f"dockerd does not start: {(self.folder / 'log').read_text()[-500:]}"

    def _started(self, *words: str) -> "subprocess.Popen[bytes]":
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    def ask(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run the client against this daemon."""
        return subprocess.run(
            ["docker", "--host", self.host, *words], capture_output=True, text=True, check=False, timeout=60
        )

    def load(self, image: str) -> None:
        """Give it an image of the machine's own engine."""
        with subprocess.Popen(["docker", "save", image], stdout=subprocess.PIPE) as saved:
            done = subprocess.run(
                ["docker", "--host", self.host, "load"], stdin=saved.stdout, capture_output=True, check=False
            )
        assert (saved.returncode, done.returncode) == (0, 0), done.stderr

    def send(self, number: signal.Signals) -> None:
        """Stop it or kill it, and wait until it is gone."""
        assert self.process is not None
        self.process.send_signal(number)
        self.process.wait(_PATIENCE_S)

    def end(self) -> None:
        """Leave nothing of it, its containers included."""
        if self.runs:
            self.send(signal.SIGKILL)
        until(self._all_killed, "what a killed daemon left to be gone")
        if self.containerd is not None:
            self.containerd.wait(_PATIENCE_S)
        for mount in reversed(_mounts(self.folder)):
            subprocess.run(["umount", "-l", mount], check=False, capture_output=True)

    def _all_killed(self) -> bool:
        """Kill what names our folder (containerd, its shims) and what they started."""
        ours = set(processes_with(f"{self.folder}/".encode()))
        for pid in ours | {each for each in _everybody() if parent_of(each) in ours}:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        return not ours


def _everybody() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _mounts(folder: Path) -> list[str]:
    points = (line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines())
    return [point for point in points if f"{point}/".startswith(f"{folder}/")]
