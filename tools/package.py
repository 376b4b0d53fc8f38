"""Build what a release publishes, and prove it: twice the same bytes, valid metadata, a wheel that runs.

Usage: package.py [--set-version X.Y.Z]
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import venv
from hashlib import sha256
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
VERSION_FILE: Final = ROOT / "src" / "sygaldry" / "__init__.py"
CITATION: Final = ROOT / "CITATION.cff"
_VERSION: Final = re.compile(r'^__version__ = "(.*)"$', re.MULTILINE)


def main() -> int:
    """Build and check, or set the version."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set-version", metavar="X.Y.Z")
    version = parser.parse_args().set_version
    if version:
        set_version(version)
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        first, second = (build(Path(scratch, name)) for name in ("first", "second"))
        if first != second:
            print(f"two builds differ:\n  {first}\n  {second}", file=sys.stderr)
            return 1
        files = [str(Path(scratch, "first", name)) for name in first]
        subprocess.run([sys.executable, "-m", "twine", "check", "--strict", *files], check=True)
        wheel = next(name for name in files if name.endswith(".whl"))
        printed = run_wheel(wheel, Path(scratch, "venv"))
        if printed != f"sygaldry {current_version()}":
            print(f"the installed wheel prints {printed!r}", file=sys.stderr)
            return 1
    destination = ROOT / "dist"
    for name, digest in build(destination).items():
        print(f"{digest}  dist/{name}")
    return 0


def set_version(version: str) -> None:
    """Write the version to the two files that hold it; raises SystemExit for what is not X.Y.Z."""
    if not re.fullmatch(r"\d+\.\d+\.\d+((a|b|rc)\d+)?", version):
        raise SystemExit(f"not a version: {version}; write X.Y.Z")
    VERSION_FILE.write_text(_VERSION.sub(f'__version__ = "{version}"', VERSION_FILE.read_text()))
    CITATION.write_text(re.sub(r"^version: .*$", f"version: {version}", CITATION.read_text(), flags=re.MULTILINE))


def current_version() -> str:
    """Read the version from the source."""
    found = _VERSION.search(VERSION_FILE.read_text())
    return found.group(1) if found else ""


def build(folder: Path) -> dict[str, str]:
    """Build the sdist and the wheel into a folder; returns the SHA-256 of each by its name."""
    # https://reproducible-builds.org/docs/source-date-epoch/: the time of the newest commit
    commit = subprocess.run(
        ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"], capture_output=True, text=True, check=False
    )
    environment = {**os.environ, "SOURCE_DATE_EPOCH": commit.stdout.strip() or "1700000000"}
    subprocess.run(
        [sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)],
        env=environment,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    made = sorted(path for path in folder.iterdir() if path.name.startswith(f"sygaldry-{current_version()}"))
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in made}


def run_wheel(wheel: str, folder: Path) -> str:
    """Install a wheel without its dependencies into a fresh environment and ask for its version."""
    venv.create(folder, with_pip=True)
    subprocess.run([str(folder / "bin" / "pip"), "install", "-q", "--no-deps", wheel], check=True)
    done = subprocess.run([str(folder / "bin" / "sygaldry"), "--version"], capture_output=True, text=True, check=True)
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
