"""The status of an environment and the plan of a build look at what is installed; contents are for `env verify`."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from sygaldry.flows.env.environment import Environment, Store
from sygaldry.flows.env.inspection import inspect_store
from sygaldry.flows.env.install.plan import BuildOptions, prepare
from sygaldry.flows.env.install.plan_report import plan_report
from sygaldry.flows.env.parts import store_parts
from sygaldry.flows.env.store import load_database, load_records
from sygaldry.flows.env.verify import env_verify
from sygaldry.host.http import fetch
from sygaldry.model.command import Command, Completed
from sygaldry.model.report import Report
from sygaldry.spack.verify import checksum

REHEARSAL = Path(__file__).parents[3] / "pkg" / "rehearsal" / "debian12"
TEXT = b"a library of some length\n"


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    folder = Path(shutil.copytree(REHEARSAL, tmp_path / "rehearsal"))
    source = folder / "spack_src.yaml"
    source.write_text(source.read_text().replace("/opt/spack_store", str(tmp_path / "store")))
    return Environment(folder, tmp_path / "spack")


@pytest.fixture
def store(environment: Environment, tmp_path: Path) -> Store:
    """Install every package as Spack would record it: its spec, one library and one link each."""
    found = Store(tmp_path / "store", str(tmp_path / "store"))
    installs: dict[str, object] = {}
    for node in environment.lock.to_install:
        prefix = tmp_path / "store" / "install" / "linux" / node.directory
        (prefix / "lib").mkdir(parents=True)
        (prefix / ".spack").mkdir()
        (prefix / "lib" / "libx.so.1").write_bytes(TEXT)
        (prefix / "lib" / "libx.so.1").chmod(0o644)
        (prefix / "lib" / "libx.so").symlink_to("libx.so.1")
        files = {
            f"{prefix}/lib": {"mode": 0o40755},
            f"{prefix}/lib/libx.so.1": {"mode": 0o100644, "hash": checksum(TEXT), "size": len(TEXT)},
            f"{prefix}/lib/libx.so": {"mode": 0o120777, "dest": "libx.so.1"},
        }
        (prefix / ".spack" / "install_manifest.json").write_text(json.dumps(files))
        (prefix / ".spack" / "spec.json").write_text(json.dumps({"spec": {"nodes": [{"hash": node.hash}]}}))
        spec = {"name": node.name, "version": node.version}
        installs[node.hash] = {"spec": spec, "path": str(prefix), "installed": True}
    for node in environment.lock.nodes.values():
        if node.is_external:  # as Spack records what it did not install
            external = {"name": node.name, "version": node.version, "external": {"path": "/usr"}}
            installs[node.hash] = {"spec": external, "path": "/usr", "installed": True}
    index = tmp_path / "store" / "install" / ".spack-db" / "index.json"
    index.parent.mkdir()
    index.write_text(json.dumps({"database": {"installs": installs}}))
    return found


def prefix_of(environment: Environment, store: Store, name: str) -> Path:
    (node,) = environment.lock.named(name)
    return Path(load_database(environment, store)[node.hash].path)


def test_a_whole_store_is_ok_and_the_status_says_what_was_not_looked_at(environment: Environment, store: Store) -> None:
    part = store_parts(environment, store)[0]
    assert part.state == "ok"
    assert f"files there by size, contents not read: sygaldry env verify {environment.folder}" in part.summary


def cut(prefix: Path) -> None:
    (prefix / "lib" / "libx.so.1").write_bytes(b"")


def remove_file(prefix: Path) -> None:
    (prefix / "lib" / "libx.so.1").unlink()


def redirect(prefix: Path) -> None:
    (prefix / "lib" / "libx.so").unlink()
    (prefix / "lib" / "libx.so").symlink_to("/etc/passwd")


def exchange(prefix: Path) -> None:
    (prefix / ".spack" / "spec.json").write_text('{"spec": {"nodes": [{"hash": "another"}]}}')


def forget_files(prefix: Path) -> None:
    (prefix / ".spack" / "install_manifest.json").unlink()


@pytest.mark.parametrize(
    ("damage", "detail"),
    [
        (cut, "lib/libx.so.1: it has 0 bytes and had 25"),
        (remove_file, "lib/libx.so.1: it is gone"),
        (redirect, "lib/libx.so: it points to /etc/passwd"),
        (exchange, "is not that of the lock"),
        (forget_files, "install_manifest.json is damaged"),
    ],
)
def test_a_damage_that_shows_without_reading_contents_is_behind(
    environment: Environment, store: Store, damage: object, detail: str
) -> None:
    damage(prefix_of(environment, store, "py-numpy"))  # type: ignore[operator]
    (part,) = store_parts(environment, store)
    assert (part.state, part.next) == ("behind", f"sygaldry env verify {environment.folder}")
    assert part.summary.endswith("and 1 of them are damaged")
    assert any(detail in each for each in part.details), part.details
    nodes = environment.lock.to_install
    found = inspect_store(store, nodes, load_database(environment, store))
    assert "damaged in the store and not built again: py-numpy@" in found.warning(environment)
    assert env_verify(environment, store, libraries=False).exit_code == 1


def test_a_plan_warns_of_damage_and_says_what_was_not_looked_at(environment: Environment, store: Store) -> None:
    def absent(command: Command) -> Completed:
        return Completed(command, 127)

    def planned() -> Report:
        return plan_report(prepare(environment, store, BuildOptions(no_cache=True), absent, fetch))

    before = planned()
    scope = f"files there by size, contents not read: sygaldry env verify {environment.folder}"
    assert any(each.endswith(scope) for each in before.lines)
    assert (before.data["damaged"], any("damaged" in each for each in before.notes)) == ([], False)
    cut(prefix_of(environment, store, "py-numpy"))
    (label,) = (each.label for each in environment.lock.named("py-numpy"))
    after = planned()
    assert after.data["damaged"] == [label]
    (warning,) = (each for each in after.notes if "damaged" in each)
    assert warning == (
        f"warning: damaged in the store and not built again: {label}; "
        f"all of it: sygaldry env verify {environment.folder}"
    )


def test_an_external_is_there_without_a_file_of_spacks(environment: Environment, store: Store) -> None:
    externals = {node.hash for node in environment.lock.nodes.values() if node.is_external}
    assert externals
    assert externals <= set(load_database(environment, store))
    assert set(load_database(environment, store)) == set(load_records(environment, store))


def test_a_prefix_that_was_emptied_is_not_installed(environment: Environment, store: Store) -> None:
    prefix = prefix_of(environment, store, "py-numpy")
    shutil.rmtree(prefix)
    prefix.mkdir()
    (part,) = store_parts(environment, store)
    assert (part.state, part.details) == ("behind", tuple(each.label for each in environment.lock.named("py-numpy")))


def test_changed_content_of_the_same_size_is_for_verify_alone(environment: Environment, store: Store) -> None:
    (prefix_of(environment, store, "py-numpy") / "lib" / "libx.so.1").write_bytes(TEXT.upper())
    assert store_parts(environment, store)[0].state == "ok"
    report = env_verify(environment, store, libraries=False)
    assert "its content has changed" in str(report.lines)


def test_a_store_with_very_many_files_is_inspected_in_part_and_the_status_says_so(
    environment: Environment, store: Store
) -> None:
    nodes = environment.lock.to_install
    found = inspect_store(store, nodes, load_database(environment, store), most_files=4)
    assert (found.files, len(found.omitted)) == (6, len(nodes) - 2), "a package is inspected whole"
    assert found.scope() == f"6 files there by size, contents not read, {len(nodes) - 2} packages not inspected"


def test_what_another_user_does_not_show_is_unknown(
    environment: Environment, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = prefix_of(environment, store, "py-numpy")
    closed.chmod(0o700)
    allowed = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != closed and allowed(path, mode))  # root may read all
    (part,) = store_parts(environment, store)
    assert (part.state, part.summary.endswith("and 1 cannot be read")) == ("unknown", True)


def test_a_package_from_the_cache_of_another_store_is_not_damaged_by_that(
    environment: Environment, store: Store
) -> None:
    """Its record names the other store, and Spack has rewritten the paths in its files."""
    prefix = prefix_of(environment, store, "bzip2")
    manifest = prefix / ".spack" / "install_manifest.json"
    manifest.write_text(manifest.read_text().replace(str(prefix.parent), "/another/store/linux"))
    (prefix / "lib" / "libx.so.1").write_bytes(TEXT + b"relocated\n")
    report = env_verify(environment, store, libraries=False)
    assert report.exit_code == 0
    assert "1 from the cache of another store: files there, contents not compared" in report.lines[0]
    (prefix / "lib" / "libx.so.1").unlink()
    assert env_verify(environment, store, libraries=False).exit_code == 1
