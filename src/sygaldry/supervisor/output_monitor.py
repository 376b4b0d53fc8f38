"""Monitor the output of a running command: its size, its silence, and its last line."""

from __future__ import annotations

import os
import time

from sygaldry.supervisor import syscalls
from sygaldry.supervisor.status_line import NEWEST, visible_line

_HEAD = 1 << 20
_BLOCK = 4096


class Output:
    """The log of an attempt, sampled: the supervisor never touches the bytes."""

    def __init__(self, path: str, index: str, most: int) -> None:
        self.descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        self._index = os.open(index, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        self.most = most
        self.size = 0
        self.changed = time.monotonic()
        self.trimmed = 0
        self._synced = 0

    def sample(self) -> bool:
        """Read the log's size; return True and append to the index if it has grown."""
        size = os.fstat(self.descriptor).st_size
        grown = size != self.size
        if grown:
            self.size, self.changed = size, time.monotonic()
            try:
                os.write(self._index, b"%.3f %d\n" % (time.time(), size))
            except OSError:  # a full disk: the index is optional
                pass
        return grown

    @property
    def silent_s(self) -> float:
        return time.monotonic() - self.changed

    def trim(self, *, final: bool = False) -> int:
        """Punch a hole into the middle of a log near its limit; return the bytes freed.

        While the command prints, half of the limit is kept, so that it holds between two ticks; at the end all of it.
        """
        if not self.most or os.fstat(self.descriptor).st_blocks * 512 <= (self.most if final else self.most * 3 // 4):
            return 0
        kept = max((self.most if final else self.most // 2) - 2 * _BLOCK, 2 * _BLOCK)
        head = min(_HEAD, kept // 4)
        start = max(head // _BLOCK * _BLOCK, self.trimmed)
        end = -(-(self.size - (kept - head)) // _BLOCK) * _BLOCK
        if end <= start or not syscalls.punch(self.descriptor, start, end - start):
            return 0
        self.trimmed = end
        return end - start

    def last_line(self) -> str:
        """Return the newest line that is not blank."""
        return visible_line(os.pread(self.descriptor, NEWEST, max(self.size - NEWEST, 0)))

    def sync(self) -> None:
        """Flush new output to disk."""
        if self.size > self._synced:
            os.fdatasync(self.descriptor)
            self._synced = self.size

    def close(self) -> None:
        os.close(self.descriptor)
        os.close(self._index)


def is_own_cgroup() -> bool:
    """Return whether the visible control group is this container's own; a sandbox sees a shared one."""
    return os.environ.get("SYGALDRY_CONTAINER", "") in ("docker", "podman")


def oom_kills(root: str = "/sys/fs/cgroup", own: str = "/proc/self/cgroup") -> int:
    """Count the out-of-memory kills in this process's control group, such as that of a Slurm job.

    A container sees its own group at the root.
    """
    for path in (*_memory_files(root, own), f"{root}/memory.events", f"{root}/memory/memory.oom_control"):
        try:
            with open(path) as file:
                for line in file:
                    if line.startswith("oom_kill "):
                        return int(line.split()[1])
        except OSError:
            continue
    return 0


def _memory_files(root: str, own: str) -> list[str]:
    """Return where the kernel counts the kills of this process's group: https://man7.org/linux/man-pages/man7/cgroups.7.html."""
    found = []
    try:
        with open(own) as file:
            for line in file:
                _, controllers, path = line.rstrip("\n").split(":", 2)
                if "memory" in controllers.split(","):
                    found.append(f"{root}/memory{path}/memory.oom_control")
                elif not controllers:
                    found.append(f"{root}{path}/memory.events")
    except (OSError, ValueError):
        return []
    return found
