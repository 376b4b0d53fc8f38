"""Install packages into a lasting virtual environment, and repair one that was interrupted.

Usage: uv_install.py --check [word ...], or uv_install.py UV PYTHON VENV VIEW [word ...] under the lock of VENV; VIEW
may be empty. Called by container/entrypoints/uv-install.sh; standard library only. Beside VENV is the list of what was
asked for, from which it is made again.
"""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import Distribution
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
class InstallRequest:
    """What was asked for on the command line; `project` is the folder of a pyproject.toml, or empty."""

    packages: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    upgrade: bool = False
    project: str = ""
    lock_mode: str = ""
    extras: tuple[str, ...] = ()
    index: str = ""

    def lines(self) -> tuple[str, ...]:
        """Format for the list of what was asked for; a path stays true from any folder."""
        local = (f"{Path(each).resolve()}" if _is_path(each) else each for each in self.packages)
        return (*local, *(f"-r {Path(each).resolve()}" for each in self.files))

    @property
    def has_lock(self) -> bool:
        return bool(self.project) and Path(self.project, "uv.lock").is_file()


def parse_request(words: Sequence[str]) -> InstallRequest:
    """Read the arguments; raises RefusedError for every word that is neither a package nor a known option."""
    found: dict[str, list[str]] = {"package": [], "file": [], "project": [], "extra": [], "index": [], "flag": []}
    rest = iter(words)
    for word in rest:
        option, equals, value = word.partition("=") if word.startswith("--") else (word, "", "")
        if word in _FLAGS:
            found["flag"].append(word)
        elif option in _OPTIONS:
            name, read = _OPTIONS[option]
            found[name].append(read(value if equals else next(rest, "")))
        elif word != "--":
            found["package"].append(_package(word))
    return _checked(found)


def _checked(found: Mapping[str, list[str]]) -> InstallRequest:
    lock_mode = next((flag for flag in reversed(found["flag"]) if flag in ("--locked", "--frozen")), "")
    if os.environ.get("SYGALDRY_LOCKED") == "1":
        _refuse_unlocked(found)
        has_lock = Path((found["project"] or ["."])[-1], "uv.lock").is_file()
        lock_mode = lock_mode or ("--locked" if found["project"] and has_lock else "")
    project = (found["project"] or [""])[-1]
    if (lock_mode or found["extra"]) and not project:
        project = _project(".")
    if not found["package"] and not found["file"] and not project:
        raise RefusedError("uv-install needs at least one package")
    request = InstallRequest(
        tuple(found["package"]),
        tuple(found["file"]),
        any(flag in ("-U", "--upgrade") for flag in found["flag"]),
        project,
        lock_mode,
        tuple(found["extra"]),
        (found["index"] or [""])[-1],
    )
    if lock_mode and not request.has_lock:
        raise RefusedError(f"{lock_mode} needs a uv.lock in {project!r}: make it with uv lock")
    return request


def _refuse_unlocked(found: Mapping[str, list[str]]) -> None:
    """Under `launch --locked`, refuse what no lock fixes: each download has to be known by its digest."""
    if found["package"] or "--upgrade" in found["flag"] or "-U" in found["flag"]:
        raise RefusedError("the launch is --locked: uv-install takes only --project with a uv.lock, or -r with hashes")
    for name in found["file"]:
        if "--hash=sha256:" not in Path(name).read_text(encoding="utf-8", errors="replace"):
            raise RefusedError(f"the launch is --locked, and {name!r} has no hashes")
    for name in found["project"]:
        if not Path(name, "uv.lock").is_file():
            raise RefusedError(f"the launch is --locked, and {name!r} has no uv.lock")


def _project(name: str) -> str:
    if not name or name.startswith("-") or not name.isprintable() or not Path(name, "pyproject.toml").is_file():
        raise RefusedError(f"there is no pyproject.toml in {name!r}")
    return str(Path(name).resolve())


def _extra(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?", name):
        raise RefusedError(f"{name!r} cannot be the name of an extra")
    return name


def _index(address: str) -> str:
    if not re.fullmatch(r"(?:https?|file)://[^\s'\"]+", address):
        raise RefusedError(f"{address!r} is not the address of a package index")
    return address


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


_FLAGS = ("-U", "--upgrade", "--locked", "--frozen")
_OPTIONS = {
    "-r": ("file", _requirements_file),
    "--requirement": ("file", _requirements_file),
    "--project": ("project", _project),
    "--extra": ("extra", _extra),
    "--index": ("index", _index),
}


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


def install(place: Place, request: InstallRequest) -> None:
    """Make the environment if it is not sound, then install; the list of what was asked for grows last.

    A result that does not fit together is taken back.
    """
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
    index = ("--default-index", request.index) if request.index else ()
    with stand_ins(owned, place.site, place.venv) as limits, _restored_on_failure(place):
        before = _conflicts(place)
        lines = (*again, *request.lines(), *_project_lines(place, request, owned))
        extras = tuple(word for each in request.extras if not request.has_lock for word in ("--extra", each))
        _put_in_place(place, *index, *limits.options(upgrade=request.upgrade), *extras, *_words(lines))
        if new := sorted(_conflicts(place) - before):
            raise InstallationError(
                f"the packages do not fit together, so the installation was taken back: {new[0]}",
                "choose other versions, or another environment: --project-id",
            )
    _replace(place.asked, tuple(dict.fromkeys((*asked, *(line for line in lines if line not in again)))))


def _project_lines(place: Place, request: InstallRequest, owned: Mapping[str, Distribution]) -> tuple[str, ...]:
    """Return the lines that install what a project needs; of a lock, what Spack owns is left out and reported."""
    if not request.project:
        return ()
    if not request.has_lock:
        return (f"-r {Path(request.project, 'pyproject.toml')}",)
    extras = (word for each in request.extras for word in ("--extra", each))
    mode = request.lock_mode or "--frozen"
    command = [place.uv, "export", "--quiet", "--no-emit-project", "--no-header", mode, *extras]
    done = subprocess.run([*command, "--project", request.project], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise InstallationError(
            "uv cannot read the lock; its reason is above", "renew it with uv lock, or use --frozen"
        )
    kept = []
    wanted = []
    for block in re.split(r"\n(?=\S)", done.stdout.strip()):
        name = re.sub(r"[-_.]+", "-", re.split(r"[\s=<>~!;\[@]", block, maxsplit=1)[0]).lower()
        if name in owned:
            kept.append(f"{name} {owned[name].version}")
        elif block:
            wanted.append(block)
    if kept:
        _say(f"kept from the Spack view, whatever the lock says: {', '.join(kept)}")
    digest = hashlib.sha256(request.project.encode()).hexdigest()[:12]
    file = place.venv.with_name(f"{place.venv.name}.{digest}.txt")
    _replace(file, tuple("\n".join(wanted).splitlines()))
    return (f"-r {file}",)


def _conflicts(place: Place) -> set[str]:
    """Return what uv finds wrong with the environment, a line each."""
    command = [place.uv, "pip", "check", "--python", str(place.venv / "bin" / "python")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (
        set() if done.returncode == 0 else {line for line in done.stderr.splitlines() if line.startswith("The package")}
    )


@contextmanager
def _restored_on_failure(place: Place) -> Iterator[None]:
    """Bring the packages back as they were if what follows fails; uv replaces files and never changes them."""
    saved = place.venv.with_name(f"{place.venv.name}.before")
    shutil.rmtree(saved, ignore_errors=True)
    shutil.copytree(place.site, saved, symlinks=True, copy_function=_link)
    try:
        yield
    except InstallationError:
        shutil.rmtree(place.site)
        saved.rename(place.site)
        place.busy.unlink(missing_ok=True)
        raise
    finally:
        shutil.rmtree(saved, ignore_errors=True)


def _link(source: str, target: str) -> str:
    os.link(source, target, follow_symlinks=False)
    return target


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
            parse_request(words[1:])
            return 0
        uv, python, venv, view, *rest = words
        # uv hears of the end by itself, from the terminal or with the container; we leave `busy` behind.
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda number, _: sys.exit(128 + number))
        install(Place(uv, python, Path(venv), Path(view) if view else None), parse_request(rest))
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
