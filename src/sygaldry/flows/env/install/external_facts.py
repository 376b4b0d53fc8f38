"""Look for the version of an external on this machine: files, programs, the package database, library names."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from sygaldry.host import files
from sygaldry.model.command import Command, Completed
from sygaldry.spack import externals
from sygaldry.spack.externals import LIBRARY_FOLDERS, Evidence
from sygaldry.spack.lock import Node

Run = Callable[[Command], Completed]

_TIMEOUT_S = 20
_LARGEST_BYTES = 2**20
_MOST_FILES = 20
_SYSTEM_PREFIXES = ("/usr", "/")


def find_evidence(node: Node, run: Run, untrusted: Path) -> tuple[Evidence, ...]:
    """Collect evidence, the strongest first; programs below `untrusted`, which a repository may bring, never run."""
    found: list[Evidence] = []
    for source in (_own_files, _programs, _pkg_config, _package_database, _libraries):
        found += source(node, run, untrusted)
        if any(not each.is_weak for each in found):
            break
    return tuple(found)


def is_trusted(program: Path, untrusted: Path) -> bool:
    """Whether a program may be run to learn its version: it is no file of the repository that names it."""
    real = program.resolve()
    return os.access(real, os.X_OK) and not real.is_relative_to(untrusted)


def _own_files(node: Node, _run: Run, _untrusted: Path) -> Iterator[Evidence]:
    if node.name == "cuda" and (version := externals.version_in_json(_read(Path(node.prefix, "version.json")))):
        yield Evidence(version, f"{node.prefix}/version.json")
    for pattern in externals.header_patterns(node):
        for path in _matches(Path(node.prefix), pattern):
            if version := externals.version_in_header(node, _read(path)):
                yield Evidence(version, str(path))


def _programs(node: Node, run: Run, untrusted: Path) -> Iterator[Evidence]:
    for name, *options in externals.programs(node):
        program = Path(node.prefix, "bin", name)
        if not is_trusted(program, untrusted):
            continue
        done = run(Command((str(program), *options), timeout_s=_TIMEOUT_S))
        if done.ok and (version := externals.version_printed(f"{done.out}\n{done.err}")):
            yield Evidence(version, " ".join((str(program), *options)))


def _pkg_config(node: Node, _run: Run, _untrusted: Path) -> Iterator[Evidence]:
    for folder in (*LIBRARY_FOLDERS, "share"):
        for name in externals.pkg_config_names(node):
            path = Path(node.prefix, folder, "pkgconfig", f"{name}.pc")
            if version := externals.version_in_pkg_config(_read(path)):
                yield Evidence(version, str(path))
                return


def _package_database(node: Node, run: Run, _untrusted: Path) -> Iterator[Evidence]:
    """Ask dpkg or rpm; only what is installed below the system's own prefix is in their database."""
    if node.prefix.rstrip("/") not in ("", *_SYSTEM_PREFIXES):
        return
    names = externals.package_names(node)
    asked = Command(("dpkg-query", "-W", "-f", "${Package} ${Version} ${db:Status-Status}\n", *names), timeout_s=60)
    for line in run(asked).out.splitlines():
        match line.split():
            case [name, version, "installed"]:
                yield Evidence(externals.version_of_package(version), f"package {name} {version}")
                return
    done = run(Command(("rpm", "-q", "--queryformat", "%{NAME} %{VERSION}\n", *names), timeout_s=60))
    for line in done.out.splitlines():
        match line.split():
            case [name, version]:
                yield Evidence(version, f"package {name} {version}")
                return


def _libraries(node: Node, _run: Run, _untrusted: Path) -> Iterator[Evidence]:
    for folder in LIBRARY_FOLDERS:
        for path in _matches(Path(node.prefix, folder), externals.library_pattern(node)):
            if version := externals.version_of_library(path.resolve().name):
                yield Evidence(version, str(path), is_weak=True)


def _matches(folder: Path, pattern: str) -> list[Path]:
    try:
        return sorted(folder.glob(pattern))[:_MOST_FILES]
    except OSError:
        return []


def _read(path: Path) -> str:
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST_BYTES:
            return ""
        return files.read_if_there(path) or ""
    except (OSError, UnicodeDecodeError):
        return ""
