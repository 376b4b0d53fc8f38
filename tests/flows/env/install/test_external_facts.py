"""Evidence for externals, looked for below a prefix of the test's own, with scripted programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sygaldry.flows.env.install.external_facts import find_evidence
from sygaldry.model.command import Command, Completed
from sygaldry.model.finding import Verdict
from sygaldry.spack.externals import judge_external
from sygaldry.spack.lock import Node


def external(name: str, version: str, prefix: Path) -> Node:
    return Node("a" * 32, name, version, "debian12", "x86_64", prefix=str(prefix))


def silent(command: Command) -> Completed:
    return Completed(command, 1)


def program(prefix: Path, name: str) -> Path:
    path = prefix / "bin" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_cuda_is_read_from_its_own_files(tmp_path: Path) -> None:
    node = external("cuda", "12.9.1", tmp_path)
    (tmp_path / "version.json").write_text(json.dumps({"cuda": {"version": "13.0.0"}}))
    (found,) = find_evidence(node, silent, tmp_path / "checkout")
    assert (found.version, found.source) == ("13.0.0", f"{tmp_path}/version.json")
    assert judge_external(node, [found], is_there=True).verdict is Verdict.PROBLEM


def test_a_program_says_its_version(tmp_path: Path) -> None:
    path = program(tmp_path, "cmake")

    def run(command: Command) -> Completed:
        assert command.argv == (str(path), "--version")
        return Completed(command, 0, "cmake version 3.25.1\n")

    (found,) = find_evidence(external("cmake", "3.25.1", tmp_path), run, tmp_path / "checkout")
    assert found.version == "3.25.1"


def test_a_program_of_the_repository_is_never_run(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    program(checkout / "tools", "cmake")

    def run(command: Command) -> Completed:
        pytest.fail(f"ran {command.argv}")

    node = external("cmake", "3.25.1", checkout / "tools")
    assert find_evidence(node, run, checkout) == ()
    linked = tmp_path / "elsewhere"
    linked.symlink_to(checkout / "tools")
    assert find_evidence(external("cmake", "3.25.1", linked), run, checkout) == ()


def test_pkg_config_and_the_name_of_a_library_are_evidence_without_a_program(tmp_path: Path) -> None:
    folder = tmp_path / "lib" / "pkgconfig"
    folder.mkdir(parents=True)
    (folder / "openblas.pc").write_text("version=0.3.21\nVersion: ${version}\n")
    (found,) = find_evidence(external("openblas", "0.3.99", tmp_path), silent, tmp_path / "checkout")
    assert (found.version, found.is_weak) == ("0.3.21", False)
    (tmp_path / "lib" / "libz.so.1.2.13").write_bytes(b"")
    (weak,) = find_evidence(external("zlib", "1.2.13", tmp_path), silent, tmp_path / "checkout")
    assert (weak.version, weak.is_weak) == ("1.2.13", True)


def test_the_package_database_is_asked_only_for_the_systems_own_prefix(tmp_path: Path) -> None:
    asked: list[str] = []

    def dpkg(command: Command) -> Completed:
        asked.append(command.argv[0])
        return Completed(command, 0, "libcudnn9-cuda-12 9.10.2.21-1 installed\n")

    node = external("cudnn", "9.10.2.21-12", Path("/usr"))
    (found,) = find_evidence(node, dpkg, tmp_path)
    assert (found.version, asked) == ("9.10.2.21", ["dpkg-query"])
    assert find_evidence(external("cudnn", "9", tmp_path), silent, tmp_path / "checkout") == ()
