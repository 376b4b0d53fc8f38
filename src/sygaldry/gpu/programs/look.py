"""Read files, links and names of device nodes; each answer is printed before the next is looked for.

Standard input: {"read": [pattern…], "links": […], "names": […], "paths": […]}. Standard output: one JSON line an
answer, and before each pattern a line that announces it, so that the parent knows where a probe hangs.
"""

import errno
import glob
import grp
import json
import os
import re
import stat
import sys

LIMIT_BYTES = 400_000
LIMIT_MATCHES = 2_000
LIMIT_PATHS = 500  # that one file names
# A host path of a CDI specification, in YAML or JSON.
HOST_PATH = re.compile(r"""["']?(?:hostPath|path)["']?\s*:\s*["']?(/[^"',\s}]+)""")


def emit(**answer: str) -> None:
    """Print one answer at once; the next one may never come."""
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def read(path: str) -> None:
    """Emit the end of a text; device trees and logs may hold any bytes."""
    if not stat.S_ISREG(os.stat(path).st_mode):
        return
    with open(path, "rb") as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - LIMIT_BYTES))
        emit(kind="text", path=path, value=file.read(LIMIT_BYTES).decode(errors="replace"))


def link(path: str) -> None:
    """Emit where a symbolic link leads, to the end; of the many links in /dev/char only those to NVIDIA's nodes."""
    if not os.path.islink(path):
        return
    target = os.path.realpath(path)
    if not path.startswith("/dev/char/") or target.startswith("/dev/nvidia"):
        emit(kind="link", path=path, value=target)


def paths_in(path: str) -> None:
    """Emit whether each host path that a specification names exists; a link must lead somewhere."""
    if not stat.S_ISREG(os.stat(path).st_mode):
        return
    with open(path, "rb") as file:
        text = file.read(LIMIT_BYTES).decode(errors="replace")
    for named in list(dict.fromkeys(HOST_PATH.findall(text)))[:LIMIT_PATHS]:
        if named.startswith("/dev/"):
            continue  # the device nodes are recorded by themselves
        try:
            os.stat(named)
        except (FileNotFoundError, NotADirectoryError):
            emit(kind="name", path=named, value="absent")
        except OSError:
            continue  # a folder that the caller may not enter says nothing
        else:
            emit(kind="name", path=named, value="f 0644 -")


def name(path: str) -> None:
    """Emit kind, numbers, mode and access. Only NVIDIA's own character devices are opened."""
    status = os.lstat(path)
    if stat.S_ISCHR(status.st_mode):
        numbers = f"{os.major(status.st_rdev)}:{os.minor(status.st_rdev)}"
        mode = f"{stat.S_IMODE(status.st_mode):04o}"
        emit(kind="name", path=path, value=f"c {numbers} {mode} {owner(status)} {access(path)}")
    else:
        kind = {stat.S_IFDIR: "d", stat.S_IFLNK: "l", stat.S_IFREG: "f"}.get(stat.S_IFMT(status.st_mode), "o")
        emit(kind="name", path=path, value=f"{kind} {stat.S_IMODE(status.st_mode):04o} -")


def owner(status: os.stat_result) -> str:
    """Name the owner and the group of a node, by number where they have no name."""
    try:
        group = grp.getgrgid(status.st_gid).gr_name
    except KeyError:
        group = str(status.st_gid)
    return f"{'root' if status.st_uid == 0 else status.st_uid}:{group.replace(' ', '-')}"


def access(path: str) -> str:
    """Open a device as a program would; the mode alone says nothing about device cgroups and mount options."""
    if not path.startswith(("/dev/nvidia", "/dev/dxg")):
        return "open" if os.access(path, os.R_OK | os.W_OK) else "denied"
    # NVML opens capability nodes for reading only.
    flags = os.O_RDONLY if "/nvidia-caps" in path else os.O_RDWR
    try:
        os.close(os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC))
    except PermissionError as error:
        # EACCES comes from the node's mode or a label, EPERM from the rules of the device cgroup.
        return "not-permitted" if error.errno == errno.EPERM else "denied"
    except OSError as error:
        return (error.strerror or "failed").replace(" ", "-").lower()
    return "open"


def main() -> None:
    """Answer each pattern by itself."""
    asked = json.load(sys.stdin)
    for kind, look in (("read", read), ("links", link), ("names", name), ("paths", paths_in)):
        for pattern in asked.get(kind, ()):
            emit(kind="begin", path=pattern, value=kind)
            for path in sorted(glob.glob(pattern))[:LIMIT_MATCHES]:
                try:
                    look(path)
                except FileNotFoundError:
                    continue
                except OSError as error:
                    emit(kind="trouble", path=path, value=error.strerror or "failed")
    emit(kind="end", path="")


if __name__ == "__main__":
    main()
