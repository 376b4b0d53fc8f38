"""Asking build caches, with servers and programs that are values."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

import pytest

from sygaldry.flows.env.cache.query import GPG_MISSING, query_caches, unreachable_mirrors
from sygaldry.flows.env.cache.readers import Fetch, MirrorClient
from sygaldry.flows.env.cache.status import env_cache_status
from sygaldry.flows.env.environment import Environment, Store
from sygaldry.host.http import ForbiddenError
from sygaldry.model.command import MISSING, Command, Completed
from sygaldry.model.errors import MachineNotReadyError, NotFoundError
from sygaldry.spack.buildcache import INDEX, entry_path
from sygaldry.spack.cache_hits import NEVER
from sygaldry.spack.commands import Spack

LOCK = Path(__file__).parents[4] / "pkg" / "zephyr" / "spack.lock"
URL = "https://cache.example.org/zephyr"
EMPTY = json.dumps({"database": {"version": "8", "installs": {}}}).encode()

Make = Callable[[str], Environment]


@pytest.fixture
def environment(tmp_path: Path) -> Make:
    """The lock of zephyr with mirrors of one's own."""

    def make(mirrors: str) -> Environment:
        (tmp_path / "spack.lock").write_text(LOCK.read_text())
        (tmp_path / "spack_src.yaml").write_text(f"spack: {{specs: [ninja], mirrors: {{{mirrors}}}}}\n")
        return Environment(tmp_path, tmp_path / "nothing")

    return make


def server(files: Mapping[str, bytes]) -> Fetch:
    """Serve files by their addresses; everything else is not found."""

    def fetch(url: str, limit_bytes: int, headers: Mapping[str, str] | None = None, *, whole: bool = True) -> bytes:
        del headers, whole
        if url not in files:
            raise NotFoundError(f"{url} answered 404")
        return files[url][:limit_bytes]

    return fetch


def silent(url: str, limit_bytes: int, headers: Mapping[str, str] | None = None, *, whole: bool = True) -> bytes:
    del limit_bytes, headers, whole
    raise MachineNotReadyError(f"{url} cannot be reached: nobody is there")


def runs_nothing(command: Command) -> Completed:
    return Completed(command, MISSING, err=f"{command.argv[0]}: not found")


def index() -> dict[str, bytes]:
    digest = sha256(EMPTY).hexdigest()
    manifest = {"version": 3, "data": [{"checksum": digest, "compression": "none", "contentLength": len(EMPTY)}]}
    return {f"{URL}/{INDEX}": json.dumps(manifest).encode(), f"{URL}/blobs/sha256/{digest[:2]}/{digest}": EMPTY}


def test_a_package_that_no_index_knows_is_found_by_its_name(environment: Make, tmp_path: Path) -> None:
    made = environment(f"web: {{url: '{URL}', signed: false}}")
    (ninja,) = made.lock.named("ninja")
    client = MirrorClient(server(index() | {f"{URL}/{entry_path(ninja)}": b"{}"}), runs_nothing)
    (found,) = query_caches(made, Store(tmp_path), client)
    assert (found.problem, found.hashes) == ("", frozenset({ninja.hash}))
    assert found.reasons[made.lock.named("cmake")[0].hash] == NEVER
    report = env_cache_status(made, Store(tmp_path), client)
    assert (report.exit_code, report.data["hits"]) == (1, 1)


def test_a_cache_without_anything_is_empty_and_no_problem(environment: Make, tmp_path: Path) -> None:
    (found,) = query_caches(environment(f"web: '{URL}'"), Store(tmp_path), MirrorClient(server({}), runs_nothing))
    assert (found.problem, found.notes) == ("", (f"web is empty ({URL})",))
    assert unreachable_mirrors((found,)) == ()


def test_a_silent_server_is_a_problem_and_left_out(environment: Make, tmp_path: Path) -> None:
    (found,) = query_caches(environment(f"web: '{URL}'"), Store(tmp_path), MirrorClient(silent, runs_nothing))
    assert "cannot be reached" in found.problem
    assert (unreachable_mirrors((found,)), found.blocks_build) == (("web",), False)


def test_a_server_that_forbids_what_it_does_not_have_is_no_problem(environment: Make, tmp_path: Path) -> None:
    made = environment(f"web: {{url: '{URL}', signed: false}}")
    (ninja,) = made.lock.named("ninja")
    files = index() | {f"{URL}/{entry_path(ninja)}": b"{}"}

    def fetch(url: str, limit_bytes: int, headers: Mapping[str, str] | None = None, *, whole: bool = True) -> bytes:
        del headers, whole
        if url not in files:
            raise ForbiddenError(f"{url} answered 403")
        return files[url][:limit_bytes]

    (found,) = query_caches(made, Store(tmp_path), MirrorClient(fetch, runs_nothing))
    assert (found.problem, found.hashes) == ("", frozenset({ninja.hash}))
    files.clear()
    (refused,) = query_caches(made, Store(tmp_path), MirrorClient(fetch, runs_nothing))
    assert "answered 403" in refused.problem


def test_offline_nobody_is_asked(environment: Make, tmp_path: Path) -> None:
    client = MirrorClient(silent, runs_nothing, is_offline=True)
    (found,) = query_caches(environment(f"web: '{URL}'"), Store(tmp_path), client)
    assert found.problem == f"{URL} was not queried: --offline"


def test_without_gpg_nobody_knows_and_that_is_said(environment: Make, tmp_path: Path) -> None:
    made = environment(f"web: '{URL}'")
    (ninja,) = made.lock.named("ninja")
    signed = b"-----BEGIN PGP SIGNED MESSAGE-----\n\n{}\n-----BEGIN PGP SIGNATURE-----\n"
    (found,) = query_caches(
        made, Store(tmp_path), MirrorClient(server(index() | {f"{URL}/{entry_path(ninja)}": signed}), runs_nothing)
    )
    assert (found.hashes, found.notes[0]) == (frozenset({ninja.hash}), f"web: {GPG_MISSING}")


def test_a_bucket_needs_spack_and_says_where_there_is_one(environment: Make, tmp_path: Path) -> None:
    made = environment("bucket: 's3://tiny/cache'")
    (found,) = query_caches(made, Store(tmp_path), MirrorClient(silent, runs_nothing))
    assert found.problem == "only Spack can read s3://tiny/cache, and there is none here"
    assert "launch_container.sh" in found.hint
    assert found.hint.endswith(f"sygaldry env cache status {made.argument}")


def test_a_bucket_is_asked_through_spack_without_a_secret(
    environment: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TINY_KEY", "the-key")
    monkeypatch.setenv("TINY_SECRET", "the-secret")
    pair = "access_pair: {id_variable: TINY_KEY, secret_variable: TINY_SECRET}"
    made = environment(f"bucket: {{url: 's3://tiny/cache', signed: false, {pair}}}")
    (ninja,) = made.lock.named("ninja")
    asked: list[Command] = []

    def run(command: Command) -> Completed:
        asked.append(command)
        wanted = json.loads(command.input or "")["wanted"]
        answers = [base64.b64encode(b"{}").decode() if "/ninja/" in address else None for address, *_ in wanted]
        return Completed(command, 0, json.dumps({"answers": answers, "problem": "", "lacks": ""}))

    (found,) = query_caches(made, Store(tmp_path), MirrorClient(silent, run, Spack("/spack", str(tmp_path))))
    assert (found.problem, found.hashes) == ("", frozenset({ninja.hash}))
    assert all("the-" not in f"{command.argv} {command.input}" for command in asked)


def test_a_python_without_boto3_stops_a_build(environment: Make, tmp_path: Path) -> None:
    def run(command: Command) -> Completed:
        return Completed(command, 0, json.dumps({"answers": [], "problem": "no boto3", "lacks": "boto3"}))

    client = MirrorClient(silent, run, Spack("/spack", str(tmp_path), "/opt/python3"))
    (found,) = query_caches(environment("bucket: 's3://tiny/cache'"), Store(tmp_path), client)
    assert found.blocks_build
    assert "/opt/python3 -m pip install boto3" in found.hint


def test_a_bucket_that_is_only_pushed_to_needs_boto3_too(environment: Make, tmp_path: Path) -> None:
    made = environment(f"web: {{fetch: '{URL}', push: 's3://tiny/cache', autopush: true}}")
    client = MirrorClient(server({}), runs_nothing, Spack("/spack", str(tmp_path), "/opt/python3"))
    (found,) = query_caches(made, Store(tmp_path), client)
    assert found.blocks_build
    assert "cannot use s3://tiny/cache" in found.problem
