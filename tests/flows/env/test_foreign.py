"""Environments that others wrote: every form of manifest and lock is read, and none is called what it is not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from sygaldry.config.resolve import Resolved
from sygaldry.config.settings import Settings
from sygaldry.flows.env.cache.list import env_cache_list
from sygaldry.flows.env.diff import env_diff
from sygaldry.flows.env.environment import Environment, Store, load_environment
from sygaldry.flows.env.graph import Cut, env_graph, env_why
from sygaldry.flows.env.install.plan import BuildOptions, prepare
from sygaldry.flows.env.install.refusals import refusals
from sygaldry.flows.env.spack import find_spack, write_manifest
from sygaldry.flows.env.status import env_status
from sygaldry.flows.env.verify import env_verify
from sygaldry.host.http import fetch
from sygaldry.model.command import Completed
from sygaldry.model.errors import LockError, MachineNotReadyError, NotFoundError
from sygaldry.model.report import Report
from sygaldry.spack.lock import canonical
from sygaldry.spack.provenance import FILE, Provenance

HASH = "abcdefghijklmnopqrstuvwxyz234567"


def resolved(tmp_path: Path) -> Resolved:
    nothing = str(tmp_path / "nothing")
    store = str(tmp_path / "store")
    return Resolved(Settings(spack_root=nothing, spack_recipes=nothing, spack_store=store, trust_workspace=True))


def write(tmp_path: Path, manifest: str | None, roots: tuple[str, ...] = ("zlib@1.3",), version: int = 4) -> Path:
    folder = tmp_path / "theirs"
    folder.mkdir(exist_ok=True)
    if manifest is not None:
        (folder / "spack.yaml").write_text(manifest)
    specs: dict[str, Any] = {}
    for number, root in enumerate(roots):
        key = (HASH[number:] + HASH)[:32]
        name = root.partition("@")[0].partition("+")[0]
        arch = {"platform": "linux", "platform_os": "debian12", "target": {"name": "x86_64_v3"}}
        specs[key] = {"name": name, "version": "1.3", "arch": arch, "namespace": "builtin", "hash": key}
    lock = {
        "_meta": {"file-type": "spack-lockfile", "lockfile-version": version, "specfile-version": version - 1},
        "spack": {"version": "0.21.2"},
        "roots": [{"hash": key, "spec": root} for key, root in zip(specs, roots, strict=True)],
        "concrete_specs": specs,
    }
    (folder / "spack.lock").write_text(json.dumps(lock))
    return folder


def status(folder: Path, tmp_path: Path) -> Report:
    return env_status(str(folder), resolved(tmp_path), tmp_path)


FORMS = {
    "plain": "spack:\n  specs: [zlib@1.3]\n",
    "old key": "env:\n  specs: [zlib@1.3]\n",
    "definitions": "spack:\n  definitions:\n  - mine: [zlib@1.3]\n  specs: [$mine]\n",
    "matrix": "spack:\n  specs:\n  - matrix: [[zlib], ['@1.3']]\n",
    "repos as a list": "spack:\n  specs: [zlib@1.3]\n  repos: [../repo]\n",
    "view as a switch": "spack:\n  specs: [zlib@1.3]\n  view: true\n",
    "view as a map": "spack:\n  specs: [zlib@1.3]\n  view: {tools: {root: ./tools, select: [zlib]}}\n",
    "several views": "spack:\n  specs: [zlib@1.3]\n  view: {a: {root: ./a}, b: {root: ./b}}\n",
    "no view": "spack:\n  specs: [zlib@1.3]\n  view: false\n",
    "develop": "spack:\n  specs: [zlib@1.3]\n  develop: {zlib: {spec: zlib@1.3, path: ../zlib}}\n",
    "spack's own include": "spack:\n  specs: [zlib@1.3]\n  include: [$spack/share/x.yaml, 'https://x/y.yaml']\n",
    "require": "spack:\n  specs: [zlib@1.3]\n  packages: {all: {require: '%gcc'}}\n",
    "concretizer": "spack:\n  specs: [zlib@1.3]\n  concretizer: {unify: when_possible}\n",
    "named groups": "spack:\n  definitions:\n  - a: [zlib]\n  - b: ['@1.3']\n  specs:\n  - matrix: [[$a], [$b]]\n",
    "old settings of CI": "spack:\n  specs: [zlib@1.3]\n  gitlab-ci: {mappings: []}\n  cdash: {site: us}\n",
    "old concretization": "spack:\n  specs: [zlib@1.3]\n  concretization: separately\n",
    "modules and containers": "spack:\n  specs: [zlib@1.3]\n  modules: {default: {}}\n  container: {format: docker}\n",
    "toolchains": "spack:\n  specs: [zlib@1.3]\n  toolchains: {mine: '%c=gcc'}\n",
    "everything replaced": "spack:\n  specs: [zlib@1.3]\n  packages:: {}\n  'config::': {}\n  'repos::': [../r]\n",
    "nulls": "spack:\n  specs:\n  - zlib@1.3\n  -\n  packages:\n  config:\n  view:\n",
}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_whose_roots_match_is_not_called_in_sync_because_nobody_recorded_the_rest(
    form: str, tmp_path: Path
) -> None:
    report = status(write(tmp_path, FORMS[form]), tmp_path)
    assert report.lines[0].startswith("unknown: source, recipes: ")
    assert report.exit_code == 1
    assert report.data["in_sync"] is False


@pytest.mark.parametrize("form", FORMS)
def test_other_roots_are_behind_and_listed_in_every_form(form: str, tmp_path: Path) -> None:
    folder = write(tmp_path, FORMS[form], ("zlib@1.2", "cmake"))
    report = status(folder, tmp_path)
    assert (report.exit_code, report.lines[0].partition(":")[0]) == (1, "behind")
    parts: Any = report.data["parts"]
    assert {each.replace(" @", "@") for each in parts["source"]["details"]} == {"+ zlib@1.3", "- zlib@1.2", "- cmake"}


def test_conditions_are_for_spack_and_make_the_source_unknown(tmp_path: Path) -> None:
    text = "spack:\n  definitions:\n  - mine: [zlib@1.3]\n    when: platform == 'linux'\n  specs: [$mine]\n"
    report = status(write(tmp_path, text), tmp_path)
    assert report.lines[0].startswith("unknown: source")
    assert "conditions" in report.lines[1]


def test_a_lock_alone_is_read_and_reported_as_such(tmp_path: Path) -> None:
    folder = write(tmp_path, None)
    report = status(folder, tmp_path)
    assert report.lines[0].startswith("unknown: source, recipes")
    assert "there is a lock and no manifest" in report.lines[1]


def test_included_files_count_and_win_over_nothing_of_the_manifest_itself(tmp_path: Path) -> None:
    folder = write(tmp_path, "spack:\n  include: [../common]\n  specs: [zlib@1.3]\n  config: {build_jobs: 2}\n")
    common = tmp_path / "common"
    common.mkdir()
    (common / "config.yaml").write_text("config: {build_jobs: 9, install_tree: /their/tree}\n")
    (common / "mirrors.yaml").write_text("mirrors: {team: file:///their/cache}\n")
    environment = Environment(folder, tmp_path)
    assert environment.manifest.install_tree == "/their/tree"
    assert environment.manifest.content["config"]["build_jobs"] == 2
    assert list(environment.manifest.mirrors) == ["team"]
    before = environment.source_digest
    (common / "config.yaml").write_text("config: {install_tree: /another/tree}\n")
    assert Environment(folder, tmp_path).source_digest != before


def test_a_file_that_an_included_file_includes_counts_and_has_less_weight(tmp_path: Path) -> None:
    folder = write(tmp_path, "spack:\n  include: [a.yaml, b.yaml]\n  specs: [zlib@1.3]\n")
    (folder / "a.yaml").write_text("include: [deep.yaml]\nconfig: {install_tree: /a}\n")
    (folder / "b.yaml").write_text("config: {install_tree: /b, source_cache: /b}\n")
    (folder / "deep.yaml").write_text("config: {install_tree: /deep, source_cache: /deep, misc_cache: /deep}\n")
    environment = Environment(folder, tmp_path)
    wanted = {"install_tree": "/a", "source_cache": "/deep", "misc_cache": "/deep"}
    assert environment.manifest.content["config"] == wanted
    before = environment.source_digest
    (folder / "deep.yaml").write_text("config: {misc_cache: /another}\n")
    assert Environment(folder, tmp_path).source_digest != before


def recorded(folder: Path) -> None:
    """Record that the lock was made from what is there now."""
    environment = Environment(folder, folder)
    record = Provenance(environment.source_digest, canonical(environment.lock), manifest=environment.manifest.content)
    (folder / FILE).write_text(record.text())


def source_of(folder: Path, tmp_path: Path) -> tuple[str, str]:
    parts: Any = status(folder, tmp_path).data["parts"]
    return parts["source"]["state"], parts["source"]["finding"]


def test_an_included_environment_that_was_locked_again_makes_the_source_behind(tmp_path: Path) -> None:
    folder = write(tmp_path, "spack:\n  specs: []\n  include_concrete: [../other]\n")
    other = shutil.copytree(folder, tmp_path / "other")
    recorded(folder)
    assert source_of(folder, tmp_path) == ("ok", "spack.yaml is what was locked")
    write(tmp_path, None, ("zlib@1.3", "cmake")).joinpath("spack.lock").rename(other / "spack.lock")
    shutil.copy(tmp_path / "theirs" / "spack.yaml", other)
    write(tmp_path, None)
    recorded(folder)
    state, finding = source_of(folder, tmp_path)
    assert (state, "included environments were locked again: ../other" in finding) == ("behind", True)
    (other / "spack.lock").write_text("{")
    assert source_of(folder, tmp_path)[0] == "unknown"


@pytest.mark.parametrize(
    ("entry", "state"),
    [
        ("https://team.example/packages.yaml", "unknown"),
        ("{path: site.yaml, when: 'platform == linux'}", "unknown"),
        ("$spack/share/spack/x.yaml", "ok"),
        ("packages.yaml", "ok"),
    ],
)
def test_an_include_that_only_spack_reads_is_never_called_in_sync(entry: str, state: str, tmp_path: Path) -> None:
    folder = write(tmp_path, f"spack:\n  specs: [zlib@1.3]\n  include:\n  - {entry}\n")
    (folder / "packages.yaml").write_text("packages: {}\n")
    (folder / "site.yaml").write_text("packages: {}\n")
    recorded(folder)
    assert source_of(folder, tmp_path)[0] == state


def test_hints_name_the_environment_that_they_are_about(tmp_path: Path) -> None:
    folder = write(tmp_path, FORMS["plain"]).rename(tmp_path / "of my own")
    environment = load_environment(str(folder), resolved(tmp_path), tmp_path)
    named = f"'{folder}'"
    assert f"sygaldry env graph {named} --format html" in env_graph(environment, "", Cut(), None).notes[0]
    assert f"type: sygaldry env lock {named}" in "\n".join(status(folder, tmp_path).lines)
    assert f"write one into {folder}/spack.yaml: mirrors:" in env_cache_list(environment).notes[0]
    with pytest.raises(NotFoundError) as caught:
        env_why("seven-zip", environment)
    assert caught.value.hint == f"see: sygaldry env graph {named}"


@pytest.mark.parametrize("inside", [True, False])
def test_the_command_for_the_image_names_what_is_visible_there(inside: bool, tmp_path: Path) -> None:
    folder = write(tmp_path, FORMS["plain"])
    workspace = tmp_path if inside else tmp_path / "project"
    workspace.mkdir(exist_ok=True)
    nothing = Settings(spack_root=str(tmp_path / "nothing"), workspace=str(workspace))
    environment = load_environment(str(folder), resolved(tmp_path), tmp_path)
    with pytest.raises(MachineNotReadyError) as caught:
        find_spack(Resolved(nothing), Store(tmp_path / "store"), environment, verb="env build")
    outside = f"launch --workspace {folder} -- sygaldry env build /workspace; elsewhere"
    assert ("launch -- sygaldry env build /workspace/theirs; elsewhere" if inside else outside) in caught.value.hint


def test_a_lock_alone_gets_a_manifest_with_its_own_roots_and_what_it_includes(tmp_path: Path) -> None:
    folder = write(tmp_path, None)
    content = json.loads((folder / "spack.lock").read_text())
    included = {"roots": content["roots"], "concrete_specs": content["concrete_specs"]}
    (folder / "spack.lock").write_text(json.dumps(content | {"include_concrete": {"/gone": included}}))
    assert write_manifest(Environment(folder, tmp_path)) == (
        f"there is no manifest: {folder}/spack.yaml is made from the roots of the lock"
    )
    wanted = {"specs": ["zlib@1.3"], "view": False, "include_concrete": ["/gone"]}
    assert json.loads((folder / "spack.yaml").read_text()) == {"spack": wanted}
    assert write_manifest(Environment(folder, tmp_path)) == ""


def test_a_lock_of_externals_alone_has_nothing_to_install(tmp_path: Path) -> None:
    folder = write(tmp_path, None)
    content = json.loads((folder / "spack.lock").read_text())
    for each in content["concrete_specs"].values():
        each["external"] = {"path": "/usr"}
    (folder / "spack.lock").write_text(json.dumps(content))
    assert (
        "  store    ok       the lock installs nothing: all of it comes from the machine"
        in status(folder, tmp_path).lines
    )


def test_a_group_of_specs_is_named_as_what_this_spack_does_not_read(tmp_path: Path) -> None:
    folder = write(tmp_path, "spack:\n  specs:\n  - group: apps\n    specs: [zlib@1.3]\n")
    with pytest.raises(LockError, match="holds a table of group, specs"):
        status(folder, tmp_path)


@pytest.mark.parametrize("version", [4, 5])
def test_a_lock_by_its_own_name_is_drawn_compared_and_explained(tmp_path: Path, version: int) -> None:
    folder = write(tmp_path, None, ("zlib@1.3", "cmake"), version)
    old = folder / "old.lock"
    (folder / "spack.lock").rename(old)
    environment = load_environment(str(old), resolved(tmp_path), tmp_path)
    assert "zlib" in env_graph(environment, "md", Cut(), None).lines[0]
    assert env_why("cmake", environment).lines[0].startswith("cmake@1.3")
    assert env_diff(str(old), str(old), resolved(tmp_path), tmp_path).exit_code == 0
    assert env_status(str(old), resolved(tmp_path), tmp_path).exit_code == 1


def test_an_environment_of_spacks_own_is_found_by_its_name(tmp_path: Path) -> None:
    root = tmp_path / "spack"
    named = root / "var" / "spack" / "environments"
    named.mkdir(parents=True)
    folder = write(tmp_path, FORMS["plain"])
    folder.rename(named / "mine")
    found = load_environment("mine", Resolved(Settings(spack_root=str(root), trust_workspace=True)), tmp_path)
    assert found.folder == named / "mine"


def test_verifying_what_is_not_installed_is_no_success(tmp_path: Path) -> None:
    environment = load_environment(str(write(tmp_path, None)), resolved(tmp_path), tmp_path)
    report = env_verify(environment, Store(tmp_path / "store", str(tmp_path / "store")))
    assert report.exit_code == 1
    assert report.lines == (f"0 packages checked, 0 problems: nothing of it is installed in {tmp_path}/store",)


def test_one_reason_to_refuse_is_named_once(tmp_path: Path) -> None:
    """A newer Spack than the pinned one made the lock."""
    folder = write(tmp_path, None)
    text = (folder / "spack.lock").read_text().replace("0.21.2", "9.0.0")
    (folder / "spack.lock").write_text(text)
    root = tmp_path / "spack" / "lib" / "spack" / "spack"
    root.mkdir(parents=True)
    (root / "__init__.py").write_text('__version__ = "1.1.0"\n')
    settings = Settings(spack_root=str(tmp_path / "spack"), spack_recipes=str(tmp_path), trust_workspace=True)
    environment = Environment(folder, tmp_path / "spack")
    store = Store(tmp_path / "store", str(tmp_path / "store"))
    context = prepare(environment, store, BuildOptions(no_cache=True), lambda each: Completed(each, 127), fetch)
    reasons = [each.problem for each in refusals(context, Resolved(settings)) if "9.0.0" in each.problem]
    assert len(reasons) == 1, reasons
