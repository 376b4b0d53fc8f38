"""What is fuzzed: every reader of something that a repository, a container, an engine or a network can write."""

from __future__ import annotations

import gzip
import json
import shutil
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from tests.fuzz.mutate import NASTY_TEXT, mutated_bytes, mutated_json, mutated_text

from sygaldry import explain, progress, schedulers
from sygaldry.bundle.index import BundledFile, Index, format_index, parse_index
from sygaldry.config import devcontainer
from sygaldry.config.resolve import environment_layer, flags_layer, resolve
from sygaldry.config.settings import all_settings
from sygaldry.diagnosis import Facts
from sygaldry.flows.gpu.diagnose import Request, gpu_diagnose
from sygaldry.flows.job.explain_log import LogRequest, explain_log
from sygaldry.flows.job.health import job_health
from sygaldry.flows.job.list import job_list
from sygaldry.flows.job.status import job_status
from sygaldry.flows.runtime import images
from sygaldry.flows.trust import consent_items, trust_show
from sygaldry.gpu import checks as gpu_checks
from sygaldry.gpu.diagnose import judge_text
from sygaldry.host import engine_socket
from sygaldry.host.elf import read_dynamic
from sygaldry.host.settings import resolved_settings
from sygaldry.image.recipe import Recipe
from sygaldry.image.staleness import base_id_fast, is_fresh_fast
from sygaldry.jobs import events
from sygaldry.jobs.paths import jobs_in
from sygaldry.jobs.status_line import parse_status
from sygaldry.lockfile import text as lock_text
from sygaldry.lockfile.lock import Entry, sorted_lock
from sygaldry.model import marker
from sygaldry.model.command import Command, Completed
from sygaldry.model.entrypoint import summary_of, tokens_of
from sygaldry.model.errors import SygaldryError
from sygaldry.spack import buildcache, output, sources, verify
from sygaldry.spack.database import parse_database
from sygaldry.spack.lock import canonical, parse_lock
from sygaldry.spack.manifest import diff_manifests, outward_sections, parse_manifest, relocated, solution_inputs
from sygaldry.spack.mirrors import parse_mirrors
from sygaldry.spack.provenance import license_of, parse_provenance

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"


@dataclass(frozen=True)
class Target:
    """A reader, the inputs for it, and the share of all inputs that it gets: slow ones get fewer."""

    read: Callable[[Any, Path], object]
    inputs: st.SearchStrategy[Any]
    share: int = 4


def _settings(text: str, folder: Path) -> object:
    (folder / "sygaldry.toml").write_text(text, encoding="utf-8", errors="surrogatepass")
    resolved = resolved_settings({"workspace": str(folder)}, needs_consent=False)
    return trust_show(consent_items(resolved, str(folder)), str(folder))


def _variables(table: dict[str, str], _: Path) -> object:
    return resolve(environment_layer(table))


def _flags(table: dict[str, str], _: Path) -> object:
    return resolve(flags_layer(table))


def _lock(text: str, _: Path) -> object:
    lock = parse_lock(text, "spack.lock")
    return (
        canonical(lock),
        sources.source_plan(lock, ()),
        [(each.label, each.directory) for each in lock.nodes.values()],
    )


def _manifest(text: str, _: Path) -> object:
    found = parse_manifest(text, "spack.yaml")
    content = found.content
    described = (found.view, found.install_tree, found.stages, outward_sections(content))
    return (
        described,
        parse_mirrors(found.mirrors, "/base"),
        relocated(content, "/base"),
        diff_manifests({}, content),
        (solution_inputs(content)),
    )


def _cache_manifest(text: str, _: Path) -> object:
    return [
        _foreseen(each)
        for each in (
            lambda: buildcache.index_blob(text, "http://cache"),
            lambda: buildcache.archive_blob(text),
            lambda: buildcache.oci_blob(text, "oci://cache"),
            lambda: buildcache.is_signed(text),
        )
    ]


def _cache_index(data: bytes, _: Path) -> object:
    blob = buildcache.Blob("x", sha256(data).hexdigest(), "gzip")
    return buildcache.parse_index(data, blob, "http://cache")


def _spack_output(text: str, _: Path) -> object:
    return (
        output.parse_failure(text), output.parse_failures(text), output.is_contended(text),
        sources.started_packages(text), sources.parse_mirror_summary(text), license_of(text),
    )  # fmt: skip


def _file_records(text: str, _: Path) -> object:
    try:
        return verify.parse_files(text)
    except ValueError as error:  # what its caller is promised
        return error


def _elf(data: bytes, folder: Path) -> object:
    (folder / "program").write_bytes(data)
    return read_dynamic(str(folder / "program"))


def _snapshot(text: str, folder: Path) -> object:
    path = folder / "snapshot.toml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    return gpu_diagnose(Request(saved=str(path)))


def _kernel_log(text: str, _: Path) -> object:
    return judge_text(text, gpu_checks.every())


def _events(data: bytes, folder: Path) -> object:
    path = folder / "x.jsonl"
    path.write_bytes(data)
    return events.read_events(str(path)), events.first(str(path), "started"), events.last(str(path), "exit")


def _status(text: str, _: Path) -> object:
    return parse_status(text)


def _ledger(damage: tuple[str, bytes], folder: Path) -> object:
    name, data = damage
    jobs = folder / "zephyr_jobs"
    shutil.copytree(DATA / "ledger-0.1.0", jobs)
    (jobs / name).write_bytes(data)
    answers: list[object] = [job_list(str(jobs)), job_health(str(jobs))]
    return [*answers, *(_foreseen(partial(job_status, str(jobs), job)) for job in jobs_in(str(jobs)))]


def _engine(text: str, _: Path) -> object:
    socket = engine_socket._parse(text.encode("utf-8", "surrogatepass"))  # noqa: SLF001 - what an engine sent
    recipe = Recipe({"BASE_IMAGE": "b:1"}, {"f": "1"}, "b:1", "ab12" * 16)
    return socket, base_id_fast("b:1", text, text), is_fresh_fast("x", text, recipe)


def _image(text: str, _: Path) -> object:
    return images.parse_image(text)


def _scheduler(text: str, _: Path) -> object:
    answer = Completed(Command(("squeue",)), 0, text, text)
    found = [schedulers.get(name) for name in schedulers.names()]
    return [
        (each.states(answer), each.submitted(answer), each.cancelled(answer), each.version(answer)) for each in found
    ]


def _log(text: str, folder: Path) -> object:
    path = folder / "build.log"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return explain_log(LogRequest((str(path),), "1"))


def _signs(data: bytes, _: Path) -> object:
    return explain.signs(data), progress.read(data), Facts(1)


def _marker(text: str, _: Path) -> object:
    return marker.parse(text, "project")


def _entrypoint(text: str, _: Path) -> object:
    return summary_of(text), tokens_of(text)


def _database(text: str, _: Path) -> object:
    return parse_database(text, "index.json")


def _provenance(text: str, _: Path) -> object:
    return parse_provenance(text, "sygaldry.lock.json")


def _project_lock(text: str, _: Path) -> object:
    return lock_text.parse_lock(text, "sygaldry.lock")


def _bundle(text: str, _: Path) -> object:
    return parse_index(text, "index.json")


def _devcontainer(text: str, folder: Path) -> object:
    return devcontainer.parse(text, f"{folder}/devcontainer.json", str(folder), {"HOME": "/home/x"})


def _foreseen(call: Callable[[], object]) -> object:
    """Call one of several readers of one input: a failure that is reported in words is an answer."""
    try:
        return call()
    except SygaldryError as error:
        return error


def _texts(pattern: str, most: int = 40) -> tuple[str, ...]:
    return tuple(path.read_text(errors="replace")[:20_000] for path in sorted(DATA.glob(pattern))[:most])


def _gpu_texts() -> tuple[str, ...]:
    """Take what the recorded machines printed, and their kernel logs."""
    tables = [tomllib.loads(path.read_text()) for path in sorted(DATA.glob("gpu/*/snapshot.toml"))]
    logs = [table.get("commands", {}).get("dmesg", {}).get("out", "") for table in tables]
    return tuple(filter(None, (*(table.get("messages", "") for table in tables), *logs)))


def _small_lock() -> dict[str, Any]:
    """Cut the pinned lock down to one package and what it needs."""
    whole = json.loads((ROOT / "pkg" / "zephyr" / "spack.lock").read_text())
    specs = whole["concrete_specs"]
    wanted: list[str] = [min(specs, key=lambda key: (len(specs[key].get("dependencies", ())) != 2, key))]
    for key in wanted:
        wanted += [each["hash"] for each in specs[key].get("dependencies", ()) if each["hash"] not in wanted]
    roots = [{"hash": wanted[0], "spec": specs[wanted[0]]["name"]}]
    return {**whole, "roots": roots, "concrete_specs": {key: specs[key] for key in wanted}}


_TOML = (
    'project_id = "x"\nmounts = ["/a:/b:ro"]\npass_environment = ["A"]\nmemory = "8g"\ngpu = "auto"\nquiet = true\n',
    'image = "a/b:1"\nnetwork = "none"\n[x]\ny = 1\n',
    'env = ["A=1", "B"]\npublish = ["127.0.0.1:1:2"]\nengine_option = ["--ulimit=nofile=4096"]\ncpus = "1.5"\n',
)
_MANIFEST = """spack:
  specs: [zlib]
  mirrors:
    a: {url: 'file:///m', signed: false, autopush: true}
    b: oci://r/x
  repos: {mine: ./repo}
  config: {install_tree: {root: /s, padded_length: 128}, build_stage: [/t]}
  view: {default: {root: ./v}}
"""
_MANIFESTS = ((ROOT / "pkg" / "zephyr" / "spack_src.yaml").read_text(), _MANIFEST)
_CACHE = {
    "version": 3,
    "data": [
        {
            "checksum": "ab" * 32,
            "checksumAlgorithm": "sha256",
            "compression": "gzip",
            "mediaType": "application/vnd.spack.install.v2.tar+gzip",
            "contentLength": 3,
        }
    ],
    "layers": [{"digest": "sha256:" + "cd" * 32, "size": 3}],
}
_INSTALLED = {
    "spec": {"name": "zlib", "hash": "a" * 32, "version": "1"},
    "path": "/s/zlib",
    "installed": True,
    "explicit": True,
    "ref_count": 1,
    "in_buildcache": True,
}
_DATABASE = {"database": {"version": "8", "installs": {"a" * 32: _INSTALLED}}}
_PROJECT_LOCK = (lock_text.format_lock(sorted_lock("1", [Entry("python", "uv.lock", {"sha256": "ab" * 32})])),)
_BUNDLE = (
    json.loads(format_index(Index("1", "x86_64", 4096, (BundledFile("image", "a:1", "x/layer.tar", 9, "ab" * 32),)))),
)
_DEVCONTAINER = (
    """{ // a comment
  "image": "debian:12", /* another */ "mounts": ["source=${localEnv:HOME}/x,target=/x,type=bind",],
  "containerEnv": {"A": "${localWorkspaceFolderBasename}"}, "forwardPorts": [8000, "db:1"],
  "build": {"dockerfile": "Dockerfile", "context": "..", "args": {"B": "1"}},
  "hostRequirements": {"gpu": "optional"}, "postCreateCommand": {"a": ["x", "y"]}, "remoteUser": "me",
}""",
)
_FILES = {"/s/zlib/lib/libz.so": {"mode": 33261, "owner": 0, "group": 0, "size": 3, "hash": "x", "dest": None}}
_IMAGE = [{"Id": "sha256:" + "ef" * 32, "Size": 1, "Created": "2026-01-01T00:00:00Z", "Config": {"Labels": {"a": "b"}}}]
_ENGINE = ("HTTP/1.0 200 OK\r\nServer: Docker/20.10 (linux)\r\n\r\n" + json.dumps(_IMAGE[0]),)
_SLURM = ("17|sygaldry-x|RUNNING|None|node1|2026-01-01T00:00:00\n18|y|FAILED|NonZeroExitCode|n|0:0\n17;cluster\n",)
_MARKERS = ("sygaldry-storage 1\nproject demo\nworkspace /home/me/demo\nmount /home\n",)
_SCRIPTS = ("#!/bin/bash\n# Train\n# tokens: HF_TOKEN A\nset -e\n",)
_LEDGER = tuple(sorted(path.name for path in (DATA / "ledger-0.1.0").iterdir() if path.suffix != ".md"))
_SPACK = (
    """==> Error: ProcessError: Command exited with status 1
    'make' '-j2'
/tmp/stage/spack-build-out.txt
==> Installing zlib-1.3-abcdefg
  1    successfully created
""",
)
_NAMES = tuple(each.variable for each in all_settings())
_FLAGS = tuple(each.name for each in all_settings() if not each.is_switch)


def _packed(data: bytes) -> st.SearchStrategy[bytes]:
    """Leave an index as it is, or compress it, whole, cut, or with a damaged end."""
    packed = gzip.compress(data)
    return st.sampled_from((data, packed, packed[:-9], packed[:20] + data, b"\x1f\x8b" + data))


def _damaged_elf(noise: bytes) -> st.SearchStrategy[bytes]:
    """Overwrite a part of a real program, mostly in its headers."""
    real = Path("/bin/sh").read_bytes()[:200_000]
    places = st.one_of(st.integers(0, 1200), st.integers(0, len(real)))
    return places.map(lambda at: real[:at] + noise + real[at + len(noise) :])


def _ledger_damage() -> st.SearchStrategy[tuple[str, bytes]]:
    def damaged(name: str) -> st.SearchStrategy[tuple[str, bytes]]:
        text = (DATA / "ledger-0.1.0" / name).read_text(errors="replace")
        return st.tuples(st.just(name), mutated_bytes((text[:20_000],)))

    return st.sampled_from(_LEDGER).flatmap(damaged)


_WORDS = st.sampled_from((*NASTY_TEXT, "1", "auto", "/a:/b", "8g", "A=1"))

TARGETS: dict[str, Target] = {
    "settings": Target(_settings, mutated_text(_TOML), 2),
    "variables": Target(_variables, st.dictionaries(st.sampled_from((*_NAMES, "SYGALDRY_X")), _WORDS, max_size=4)),
    "flags": Target(_flags, st.dictionaries(st.sampled_from(_FLAGS), _WORDS, max_size=4)),
    "lock": Target(_lock, mutated_json((_small_lock(),))),
    "manifest": Target(_manifest, mutated_text(_MANIFESTS), 2),
    "provenance": Target(
        _provenance, mutated_json((json.loads((ROOT / "pkg" / "zephyr" / "sygaldry.lock.json").read_text()),))
    ),
    "database": Target(_database, mutated_json((_DATABASE,))),
    "cache-manifest": Target(_cache_manifest, mutated_json((_CACHE,))),
    "cache-index": Target(_cache_index, mutated_bytes((json.dumps(_DATABASE),)).flatmap(_packed)),
    "spack-output": Target(_spack_output, mutated_text(_SPACK)),
    "elf": Target(_elf, st.binary(max_size=400).flatmap(_damaged_elf)),
    "file-records": Target(_file_records, mutated_json((_FILES,))),
    "gpu-snapshot": Target(_snapshot, mutated_text(_texts("gpu/*/snapshot.toml", 12)), 1),
    "kernel-log": Target(_kernel_log, mutated_text(_gpu_texts()), 2),
    "events": Target(_events, mutated_bytes(_texts("ledger-*/*.jsonl"))),
    "status-line": Target(_status, mutated_text(_texts("ledger-*/*.status"))),
    "ledger": Target(_ledger, _ledger_damage(), 1),
    "engine-answer": Target(_engine, mutated_text(_ENGINE)),
    "image": Target(_image, mutated_json((_IMAGE,))),
    "scheduler": Target(_scheduler, mutated_text(_SLURM)),
    "log": Target(_log, mutated_text(_texts("diagnosis/*.log")), 1),
    "progress": Target(_signs, mutated_bytes(_texts("progress/*.log")), 2),
    "marker": Target(_marker, mutated_text(_MARKERS)),
    "entrypoint": Target(_entrypoint, mutated_text(_SCRIPTS)),
    "project-lock": Target(_project_lock, mutated_text(_PROJECT_LOCK)),
    "bundle": Target(_bundle, mutated_json(_BUNDLE)),
    "devcontainer": Target(_devcontainer, mutated_text(_DEVCONTAINER)),
}  # fmt: skip
