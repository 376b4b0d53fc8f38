#!/usr/bin/env python3
"""Unpack NVIDIA's wheels into one CUDA folder as their own installer lays it out. Run in the build of a base image.

Usage: assemble.py WHEELS ROOT VERSION. Makes ROOT/usr/local/cuda-X.Y with bin, include, lib64 and nvvm, links without
versions for the linker, version.json, the licences, and what ldconfig reads. Standard library only.
"""

import json
import os
import re
import sys
import zipfile
from pathlib import Path

LIBRARY = re.compile(r"(lib.+?\.so)\.[\d.]+$")
FOLDERS = {"lib": "lib64"}  # as NVIDIA's installer calls it


def target_of(name: str) -> str:
    """Name the place of a wheel's file below the CUDA folder; empty for what is not part of it."""
    parts = name.split("/")
    if parts[0] != "nvidia" or len(parts) < 4 or ".." in parts or name.endswith((".py", ".pyc")):
        return ""
    return "/".join((FOLDERS.get(parts[2], parts[2]), *parts[3:]))


def unpack(wheel: Path, folder: Path) -> None:
    """Unpack one wheel; what was a program stays one."""
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            place = target_of(member.filename)
            if member.filename.endswith("/licenses/License.txt"):
                place = f"licenses/{wheel.name.partition('-')[0]}.txt"
            if not place or member.is_dir():
                continue
            path = folder / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.read(member))
            is_program = place.startswith(("bin/", "nvvm/bin/")) or bool(member.external_attr >> 16 & 0o111)
            path.chmod(0o755 if is_program else 0o644)


def link_libraries(folder: Path) -> None:
    """Give each library the name that a linker looks for."""
    for library in sorted(folder.glob("lib64/lib*.so.*")):
        found = LIBRARY.fullmatch(library.name)
        if found and not (library.parent / found[1]).exists():
            (library.parent / found[1]).symlink_to(library.name)


def main(wheels: str, root: str, version: str) -> None:
    """Assemble the folder."""
    short = ".".join(version.split(".")[:2])
    folder = Path(root, "usr", "local", f"cuda-{short}")
    folder.mkdir(parents=True)
    found = sorted(Path(wheels).glob("*.whl"))
    for wheel in found:
        unpack(wheel, folder)
    link_libraries(folder)
    (folder / "lib").symlink_to("lib64")
    target = folder / "targets" / f"{os.uname().machine}-linux"
    target.mkdir(parents=True)
    for name in ("include", "lib"):
        (target / name).symlink_to(f"../../{name}")
    parts = {wheel.name.split("-")[0]: wheel.name.split("-")[1] for wheel in found}
    versions = {name: {"name": name, "version": each} for name, each in parts.items()}
    about = {"cuda": {"name": "CUDA from PyPI's wheels", "version": version}, **versions}
    (folder / "version.json").write_text(json.dumps(about, indent=1) + "\n")
    (folder.parent / "cuda").symlink_to(folder.name)
    loader = Path(root, "etc", "ld.so.conf.d")
    loader.mkdir(parents=True)
    (loader / "sygaldry-cuda.conf").write_text("/usr/local/cuda/lib64\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
