"""Make the Python environment of a checkout: one at a time, from the lock file, and again if it was interrupted.

Standard library only. Usage: set_up.py VENV CHECKOUT LOCK
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

# Debian's python3 has neither pip nor ensurepip; this package of its own mirror holds pip as a wheel.
PIP_PACKAGE = "python3-pip-whl"


class SetUpError(Exception):
    """Set-up cannot go on; the second argument is what to do."""


def main() -> int:
    """Set up unless another process just did."""
    folder, checkout = Path(os.path.normpath(Path(sys.argv[1]).absolute())), Path(sys.argv[2]).resolve()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with Path(f"{folder}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            set_up(folder, checkout, checkout / "locks" / f"{sys.argv[3]}.txt")
    except SetUpError as error:
        print(f"sygaldry: set-up failed: {error.args[0]}\n  hint: {error.args[1]}", file=sys.stderr)
        return 1
    except OSError as error:
        print(
            f"sygaldry: set-up failed: {error}\n  hint: choose another place: SYGALDRY_VENV=/some/folder",
            file=sys.stderr,
        )
        return 1
    return 0


def set_up(folder: Path, checkout: Path, requirements: Path) -> None:
    """Make the environment, or find that it is already right; `ready` is written last."""
    digest = sha256(requirements.read_bytes()).hexdigest()
    key = f"{digest} {sys.version_info.major}.{sys.version_info.minor} {checkout}\n"
    ready = folder / "ready"
    if not (ready.is_file() and ready.read_text() == key and (folder / "bin" / "python").exists()):
        print(f"sygaldry: setting up its Python environment in {folder}, once", file=sys.stderr)
        shutil.rmtree(folder, ignore_errors=True)
        has_pip = has_module("ensurepip")
        venv.EnvBuilder(symlinks=True, with_pip=False).create(folder)
        python = str(folder / "bin" / "python")
        install(python, requirements, has_pip=has_pip)
        add_source(folder, checkout)
        if os.access(checkout / "src", os.W_OK):  # another user's checkout stays as it is
            subprocess.run([python, "-I", "-m", "compileall", "-q", str(checkout / "src")], check=False)
        ready.write_text(key)
    # The shim asks `is ready newer than the lock file?`, in whole seconds.
    moment = max(time.time(), requirements.stat().st_mtime + 2)
    os.utime(ready, (moment, moment))


def install(python: str, requirements: Path, *, has_pip: bool) -> None:
    """Install the locked packages by uv, pip, ensurepip's pip, or a fetched pip, whichever is there."""
    log = []
    wanted = ["--require-hashes", "--no-deps", "-r", str(requirements)]
    for command in installers(python, has_pip=has_pip):
        done = subprocess.run([*command, *wanted], capture_output=True, text=True, errors="replace", check=False)
        if done.returncode == 0:
            return
        log.append(done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"])
    reasons = "; ".join(lines[0][:300] for lines in log) or "there is neither uv nor pip"
    raise SetUpError(
        f"cannot install {requirements.name}: {reasons}",
        "is the package index reachable? behind a mirror: PIP_INDEX_URL=https://mirror/simple, and SSL_CERT_FILE "
        "for its authority; on Debian also: sudo apt-get install python3-venv ca-certificates",
    )


def installers(python: str, *, has_pip: bool) -> Iterator[list[str]]:
    """Name the ways to install, cheapest first; each is only prepared when the one before failed."""
    if uv := shutil.which("uv"):
        yield [uv, "pip", "install", "--quiet", "--python", python]
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    if has_module("pip"):
        yield [sys.executable, "-m", "pip", "--python", python, "install", *quiet]
    if has_pip and subprocess.run([python, "-I", "-m", "ensurepip"], capture_output=True, check=False).returncode == 0:
        yield [python, "-I", "-m", "pip", "install", *quiet]
    with tempfile.TemporaryDirectory() as scratch:
        if wheel := fetched_pip(Path(scratch)):
            yield [python, f"{wheel}/pip", "install", *quiet]


def has_module(name: str) -> bool:
    """Tell whether this interpreter has a module, without importing it."""
    return find_spec(name) is not None


def fetched_pip(scratch: Path) -> "Path | None":
    """Take pip out of Debian's own package, which apt checks against the signed lists; no root is needed."""
    for command in (["apt-get", "-qq", "download", PIP_PACKAGE], ["sh", "-c", "dpkg-deb -x ./*.deb ."]):
        try:
            if subprocess.run(command, cwd=scratch, capture_output=True, check=False).returncode != 0:
                return None
        except OSError:
            return None
    return next(scratch.glob("usr/share/python-wheels/pip-*.whl"), None)


def add_source(folder: Path, checkout: Path) -> None:
    """Let the environment import Sygaldry from the checkout."""
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "sygaldry-checkout.pth").write_text(f"{checkout / 'src'}\n")


if __name__ == "__main__":
    sys.exit(main())
