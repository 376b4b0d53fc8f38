"""Another host of a cluster on this machine: its own name and boot ID, and a late view of a shared folder.

The folder is seen through FUSE with the kernel's caches of names, absences and attributes, as with NFS:
https://libfuse.github.io/doxygen/structfuse__config.html. Locks of other hosts are not visible through it.
"""

import contextlib
import os
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_SCRIPT = """\
hostname login
mount --bind "$1" /proc/sys/kernel/random/boot_id
bindfs -o nonempty,attr_timeout=$3,entry_timeout=$3,negative_timeout=$3 "$2" "$2"
echo ready
exec sleep infinity
"""


def missing() -> str:
    """Say why there can be no other host here; empty if there can."""
    if not shutil.which("bindfs"):
        return "not installed: bindfs"
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        return "/dev/fuse cannot be opened"
    return "" if os.geteuid() == 0 else "another host on one machine needs root"


@dataclass(frozen=True)
class OtherHost:
    """A host that sees a shared folder late; `pid` holds its namespaces."""

    pid: int

    def argv(self, *words: str) -> list[str]:
        """Return the command that runs a program on this host, in the present folder."""
        return ["nsenter", f"--target={self.pid}", "--mount", "--uts", f"--wd={Path.cwd()}", "--", *words]


@contextlib.contextmanager
def other_host(shared: Path, delay_s: float, folder: Path) -> Iterator[OtherHost]:
    """Give a host that sees what others write into a folder up to so many seconds later."""
    boot_id = folder / "boot-id"
    boot_id.write_text(f"{uuid.uuid4()}\n")
    words = ("unshare", "--mount", "--uts", "sh", "-ec", _SCRIPT, "sh", str(boot_id), str(shared), f"{delay_s:g}")
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n", "the folder cannot be mounted"
            yield OtherHost(process.pid)
        finally:
            process.kill()
            _end_mount(shared)


def _end_mount(shared: Path) -> None:
    """End the FUSE daemon, whose mount went with the namespace; it is found by the folder that only it names."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        found = [process for process in Path("/proc").glob("[0-9]*") if _serves(process, shared)]
        if not found:
            return
        for process in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(process.name), 9)
        time.sleep(0.05)


def _serves(process: Path, shared: Path) -> bool:
    try:
        words = (process / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return words[0] == b"bindfs" and str(shared).encode() in words
