"""Compare the host's libraries that an engine put into this container with the C library that is in it.

Prints one line of JSON: {"libc": "2.31", "needs": {"/.singularity.d/libs/libGLdispatch.so.0": "2.34"}}. A needed
version is the newest GLIBC_ version of the library's own list of requirements (.gnu.version_r). On a host with
Apptainer, the libraries are those that its nvliblist.conf names, as the loader's cache finds them.
"""

import glob
import json
import os
import re
import stat
import struct
import sys

FOLDERS = ("/.singularity.d/libs", "/opt/nvidia/lib64")
LISTS = ("/etc/apptainer/nvliblist.conf", "/usr/local/etc/apptainer/nvliblist.conf", "/etc/singularity/nvliblist.conf")
LOADER_FOLDERS = ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64")
LIMIT_FILES = 200
LIMIT_BYTES = 64 << 20
LIMIT_ENTRIES = 1000
NEEDED_SECTION = 0x6FFFFFFE  # SHT_GNU_verneed
VERSION = re.compile(r"GLIBC_(\d+)\.(\d+)")


def main() -> None:
    """Print the answer."""
    paths = inside() or of_the_host()
    needs = {path: found for path in paths[:LIMIT_FILES] if (found := needed(path))}
    sys.stdout.write(json.dumps({"libc": own_version(), "needs": needs}) + "\n")


def inside() -> list[str]:
    """List the libraries that came from the host."""
    return sorted(path for folder in FOLDERS for path in glob.glob(f"{folder}/lib*.so*"))


def of_the_host() -> list[str]:
    """List what Apptainer would take from this host: the loader's usual folders, without the loader's cache."""
    names = [name for path in LISTS for name in words(path) if ".so" in name]
    return sorted({path for name in names for folder in LOADER_FOLDERS for path in glob.glob(f"{folder}/{name}*")})


def words(path: str) -> list[str]:
    """Read the names of a list, without its comments."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = file.read(1 << 16).splitlines()
    except OSError:
        return []
    return [line.partition("#")[0].strip() for line in lines if line.partition("#")[0].strip()]


def own_version() -> str:
    """Return the version of the C library of this process, empty where it is not glibc."""
    try:
        text = os.confstr("CS_GNU_LIBC_VERSION") or ""
    except (ValueError, OSError):
        return ""
    return text.rpartition(" ")[2]


def needed(path: str) -> str:
    """Return the newest GLIBC version that a library asks for, empty where it is none or cannot be read."""
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode) or status.st_size > LIMIT_BYTES:
            return ""
        with open(path, "rb") as file:
            data = file.read(LIMIT_BYTES)
        found = [hit for name in requirements(data) if (hit := VERSION.fullmatch(name))]
    except (OSError, struct.error, IndexError, ValueError):
        return ""
    newest = max(((int(hit[1]), int(hit[2])) for hit in found), default=())
    return ".".join(map(str, newest))


def requirements(data: bytes) -> list[str]:
    """Read the version names of a 64-bit little-endian ELF file: elf(5), and the LSB's symbol versioning."""
    if data[:6] != b"\x7fELF\x02\x01":
        return []
    (offset,) = struct.unpack_from("<Q", data, 0x28)
    size, count = struct.unpack_from("<HH", data, 0x3A)
    sections = [struct.unpack_from("<IIQQQQIIQQ", data, offset + each * size) for each in range(count)]
    names: list[str] = []
    for _, kind, _, _, start, _, link, entries, _, _ in sections:
        if kind == NEEDED_SECTION:
            names += requirement_names(data, start, min(entries, LIMIT_ENTRIES), sections[link][4])
    return names


def requirement_names(data: bytes, start: int, entries: int, strings: int) -> list[str]:
    """Follow the list of libraries and, for each, the list of its versions."""
    names = []
    for _ in range(entries):
        _, count, _, first, following = struct.unpack_from("<HHIII", data, start)
        place = start + first
        for _ in range(min(count, LIMIT_ENTRIES)):
            _, _, _, name, after = struct.unpack_from("<IHHII", data, place)
            names.append(data[strings + name : data.index(0, strings + name)].decode("ascii", "replace"))
            place += after
            if not after:
                break
        start += following
        if not following:
            break
    return names


if __name__ == "__main__":
    main()
