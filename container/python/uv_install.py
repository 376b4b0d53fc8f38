"""Install packages into a lasting virtual environment, mending one that was interrupted.

Usage: uv_install.py --check [word ...], or uv_install.py UV PYTHON VENV VIEW [word ...] under the lock of VENV; VIEW
may be empty. Called by container/entrypoints/uv-install.sh; standard library only. Beside VENV is the list of what was
asked for, from which it is made again.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from spack_view import hidden_below, owned_by, stand_ins

# The shape of a requirement; uv judges the rest. https://packaging.python.org/en/latest/specifications/dependency-specifiers/
_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\s*(?:\[[A-Za-z0-9._, -]*\])?"
_VERSION = r"\(?\s*[<>~!=]=?=?\s*[A-Za-z0-9][A-Za-z0-9.*+!<>=~, -]*\)?"
_MARKER = r"\s*;[^;]*[<>=!i][^;]*"
_REQUIREMENT = re.compile(rf"{_NAME}\s*(?:{_VERSION}|@\s*\S+)?(?:{_MARKER})?")
_ADDRESS = re.compile(r"(?:git\+)?(?:https?|ssh|file)://\S+")


class RefusedError(Exception):
    """The arguments cannot be used; nothing was done."""


class InstallationError(Exception):
    """The second argument is the next step."""


@dataclass(frozen=True)
class Wanted:
    """What was asked for on the command line."""

    packages: tuple[str, ...]
    files: tuple[str, ...]
    upgrade: bool

    def lines(self) -> tuple[str, ...]:
        """Format for the list of what was asked for; a path stays true from any folder."""
        local = (f"{Path(each).resolve()}" if _is_path(each) else each for each in self.packages)
        return (*local, *(f"-r {Path(each).resolve()}" for each in self.files))


def wanted(words: Sequence[str]) -> Wanted:
    """Read the arguments; raises RefusedError for every word that is neither a package nor a known option."""
    packages: list[str] = []
    files: list[str] = []
    upgrade = False
    rest = iter(words)
    for word in rest:
        if word == "--":
            continue
        if word in ("-U", "--upgrade"):
            upgrade = True
        elif word in ("-r", "--requirement"):
            files.append(_requirements_file(next(rest, "")))
        else:
            packages.append(_package(word))
    if not packages and not files:
        raise RefusedError("uv-install needs at least one package")
    return Wanted(tuple(packages), tuple(files), upgrade)


def _requirements_file(name: str) -> str:
    if not name or name.startswith("-") or not name.isprintable() or not Path(name).is_file():
        raise RefusedError(f"uv-install cannot read the requirements file {name!r}")
    return name


def _package(word: str) -> str:
    if not word or not word.isprintable():
        raise RefusedError("a package has an empty name, or a line break in it")
    if word.startswith("-"):
        raise RefusedError(f"uv-install takes no option {word!r}")
    if _REQUIREMENT.fullmatch(word) or _ADDRESS.fullmatch(word):
        return word
    if _is_path(word):
        if Path(word).exists():
            return word
        raise RefusedError(f"there is no {word!r} to install")
    raise RefusedError(f"{word!r} is not a package")


def _is_path(word: str) -> bool:
    return word.startswith(("/", "./", "../")) or word in (".", "..")


@dataclass(frozen=True)
class Place:
    """The programs, the environment's folder and the Spack view below it, if any."""

    uv: str
    python: str
    venv: Path
    view: Path | None

    @property
    def site(self) -> Path:
        return self.venv / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"

    @property
    def busy(self) -> Path:
        """There while packages are being put in place; left behind by an interruption."""
        return self.venv / "busy"

    @property
    def asked(self) -> Path:
        return self.venv.with_name(f"{self.venv.name}.requested")

    @property
    def key(self) -> str:
        return f"{self.python} {sys.version.split()[0]} {self.view or ''}"


def install(place: Place, request: Wanted) -> None:
    """Make the environment if it is not sound, then install; the list of what was asked for grows last."""
    asked = _lines(place.asked)
    whole = _lines(place.venv / "ready") == (place.key,) and (place.venv / "bin" / "python").exists()
    again: tuple[str, ...] = ()
    if not whole or place.busy.exists():
        _make(place)
        again = asked
    owned = owned_by(place.view)
    if doubled := [name for name in owned if _is_installed(place.site, name)]:
        _say(f"taking {', '.join(doubled)} from the Spack view from now on")
        _run_uv(place, "uninstall", *doubled)
    with stand_ins(owned, place.site, place.venv) as limits:
        _put_in_place(place, *limits.options(upgrade=request.upgrade), *_words((*again, *request.lines())))
    _replace(place.asked, tuple(dict.fromkeys((*asked, *request.lines()))))


def _make(place: Place) -> None:
    if place.venv.exists():
        _say(f"making {place.venv} anew: it was left half-made or its Python has changed")
    shutil.rmtree(place.venv, ignore_errors=True)
    _check(subprocess.run([place.uv, "venv", "--quiet", "--python", place.python, str(place.venv)], check=False))
    if place.view:
        (place.site / "sygaldry-spack.pth").write_text(hidden_below(place.view))
    (place.venv / "ready").write_text(f"{place.key}\n")


def _put_in_place(place: Place, *arguments: str) -> None:
    """Install; a failure that changed nothing leaves no mark, any other lets the next run begin afresh."""
    before = place.site.stat().st_mtime_ns
    place.busy.touch()
    try:
        _run_uv(place, "install", *arguments)
    except InstallationError:
        if place.site.stat().st_mtime_ns == before:
            place.busy.unlink()
        raise
    place.busy.unlink()


def _run_uv(place: Place, verb: str, *arguments: str) -> None:
    # What uv says goes to stderr, all of it: stdout is for a program that reads the result.
    command = [place.uv, "pip", verb, "--python", str(place.venv / "bin" / "python"), *arguments]
    _check(subprocess.run(command, stdout=sys.stderr, check=False))


def _check(done: "subprocess.CompletedProcess[bytes]") -> None:
    if done.returncode:
        raise InstallationError(
            f"uv failed with exit code {done.returncode}; its reason is above",
            "is the package index reachable (a mirror: UV_DEFAULT_INDEX=https://mirror/simple), and does the wish fit "
            "what the Spack environment pins?",
        )


def _is_installed(site: Path, name: str) -> bool:
    return any(site.glob(f"{name.replace('-', '_')}-[0-9]*.dist-info"))


def _words(lines: Sequence[str]) -> tuple[str, ...]:
    """Turn the lines of the list into arguments of uv; files first, then the packages, which cannot be options."""
    files = (word for line in lines if line.startswith("-r ") for word in ("--requirement", line[3:]))
    return (*files, "--", *(line for line in lines if not line.startswith("-r ")))


def _lines(path: Path) -> tuple[str, ...]:
    return tuple(path.read_text().splitlines()) if path.is_file() else ()


def _replace(path: Path, lines: tuple[str, ...]) -> None:
    scratch = path.with_name(f"{path.name}.{os.getpid()}")
    scratch.write_text("".join(f"{line}\n" for line in lines))
    scratch.replace(path)


def _say(line: str) -> None:
    print(f"sygaldry: {line}", file=sys.stderr, flush=True)


def main(words: Sequence[str]) -> int:
    """Install, and answer with an exit code: 0 done, 1 failed, 2 used wrongly."""
    try:
        if words[0] == "--check":
            wanted(words[1:])
            return 0
        uv, python, venv, view, *rest = words
        # uv hears of the end by itself, from the terminal or with the container; we leave `busy` behind.
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda number, _: sys.exit(128 + number))
        install(Place(uv, python, Path(venv), Path(view) if view else None), wanted(rest))
    except RefusedError as error:
        _say(f"{error}\n  hint: its usage: uv-install --help")
        return 2
    except InstallationError as error:
        _say(f"{error.args[0]}\n  hint: {error.args[1]}")
        return 1
    except OSError as error:
        _say(f"cannot write the virtual environment: {error}\n  hint: is the disk full? see: sygaldry storage du")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
