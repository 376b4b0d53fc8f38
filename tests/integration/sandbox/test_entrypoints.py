"""The entrypoints, each for real: bad words before any work, the promised work, and what bad luck does to it."""

import json
import os
import subprocess
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.hub import Hub, serving
from tests.integration.conftest import CHECKOUT, LAUNCHER, World

from sygaldry import discovery

pytestmark = pytest.mark.sandbox

_NAMES = sorted(path.stem for path in (CHECKOUT / "container" / "entrypoints").glob("*.sh"))
_ROW = b"a row with a few words and the number %d,%d\n"


def test_every_promised_entrypoint_is_there() -> None:
    assert {"default", "hf-download", "run-job", "spack-build", "spack-install", "uv-install"} <= set(_NAMES)
    assert discovery.nearest("hf-downlaod", tuple(_NAMES)) == "hf-download"


@pytest.mark.parametrize("name", _NAMES)
def test_each_has_help_and_a_summary(sandbox: World, name: str) -> None:
    done = sandbox.run("-q", "--entrypoint", f"{name}.sh", "--", "--help")
    assert done.returncode == 0, done.stderr
    assert "usage: " in done.stdout
    listed = json.loads(sandbox.sygaldry("entrypoints", "--json").stdout)["data"]["entrypoints"]
    assert listed[name]["summary"]


@pytest.mark.parametrize(
    ("name", "words", "problem"),
    [
        ("uv-install", (), "needs at least one package"),
        ("uv-install", ("--index-url", "http://evil"), "takes no option '--index-url'"),
        ("uv-install", ("a\nb",), "a line break"),
        ("uv-install", ("num py",), "'num py' is not a package"),
        ("uv-install", ("numpy==1 --index-url=http://evil",), "is not a package"),
        ("uv-install", ("./nowhere",), "there is no './nowhere' to install"),
        ("uv-install", ("-r", "/no/such"), "cannot read the requirements file"),
        ("hf-download", (), "required: dataset"),
        ("hf-download", ("../../etc/passwd",), "cannot be the name of a dataset"),
        ("hf-download", ("a/b/c",), "cannot be the name of a dataset"),
        ("hf-download", ("team/toy", "$(id)"), "cannot be the name of a configuration"),
        ("hf-download", ("team/toy", "small", "train;rm"), "cannot be a split"),
        ("run-job", (), "needs a command"),
        ("run-job", ("--bogus",), "takes no option"),
        ("spack-install", ("--bogus",), "cannot be a spec"),
        ("spack-build", ("../x",), "cannot be the name of an environment"),
        ("spack-build", ("nowhere",), "there is no environment 'nowhere'"),
    ],
)
def test_bad_words_are_refused_before_any_work(sandbox: World, name: str, words: tuple[str, ...], problem: str) -> None:
    done = sandbox.run("-q", "--entrypoint", name, "--", *words)
    assert done.returncode == 2, done.stderr
    assert problem in done.stderr
    assert done.stdout == ""
    assert list(sandbox.root.glob("*/bazel_cache/*/*")) == []


@pytest.mark.parametrize("name", ["spack-build", "spack-install"])
def test_without_spack_it_says_what_is_missing(sandbox: World, name: str) -> None:
    if Path("/opt/spack_src").exists():
        pytest.skip("this machine has a Spack in /opt/spack_src, which the sandbox shows")
    done = sandbox.run("-q", "--entrypoint", name)
    assert done.returncode == 125
    assert "Spack not found" in done.stderr
    assert "--runtime docker" in done.stderr


def test_run_job_keeps_words_and_gives_a_line_to_bash(sandbox: World) -> None:
    assert sandbox.run("-q", "--entrypoint", "run-job", "--", "printf", "%s|", "a b", "$x").stdout == "a b|$x|"
    assert sandbox.run("-q", "--entrypoint", "run-job", "--", "for i in 1 2; do echo $i; done").stdout == "1\n2\n"
    assert sandbox.run("-q", "--entrypoint", "run-job", "--", "exit 7").returncode == 7


def test_a_job_never_runs_in_the_wrong_environment(sandbox: World, tmp_path: Path) -> None:
    (tmp_path / "pkg" / "zephyr" / ".spack-env").mkdir(parents=True)
    words = ("-q", "--workspace", str(tmp_path), "--entrypoint", "run-job", "--", "echo", "ran")
    done = sandbox.run(*words)
    assert done.returncode == 125
    assert done.stdout == ""
    assert "cannot be entered" in done.stderr


@pytest.mark.network
def test_uv_install_puts_numpy_where_later_launches_find_it(sandbox: World) -> None:
    script = "import numpy, sys; print(numpy.ones(3).sum(), sys.prefix.startswith('/opt/bazel_cache/venvs/'))"
    first = sandbox.run("-q", "--", "numpy", SYGALDRY_ENTRYPOINT="uv-install")
    assert (first.returncode, first.stdout) == (0, ""), first.stderr
    for program in ("python", "python3"):
        assert sandbox.run("-q", "--", program, "-c", script).stdout == "3.0 True\n"
    again = sandbox.run("-q", "--", "numpy", SYGALDRY_ENTRYPOINT="uv-install")
    assert again.returncode == 0
    assert "Installed" not in again.stderr, "what is there is kept"


def wheel(folder: Path, name: str, requires: str = "", version: str = "1.0") -> Path:
    """Make a wheel by hand."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.py", "origin = __file__\n")
        needed = f"Requires-Dist: {requires}\n" if requires else ""
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needed}")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


def fake_view(sandbox: World, workspace: Path) -> tuple[str, ...]:
    """Make a Spack view that holds a Torch; returns the words that launch upon it."""
    here = ("--workspace", str(workspace), "--project-id", "p")
    assert sandbox.sygaldry("storage", "init", *here).returncode == 0
    view = sandbox.root / "p" / "spack_store" / "views" / "zephyr"
    site = view / "lib" / "python3.11" / "site-packages"
    info = site / "torch-2.9.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: torch\nVersion: 2.9.0\nRequires-Dist: not-on-any-index\n"
    )
    (site / "torch.py").write_text("origin = __file__\n")
    (view / "bin").mkdir()
    (view / "bin" / "python3").symlink_to("/usr/bin/python3")
    return ("-q", *here)


@pytest.mark.parametrize("options", [(), ("--upgrade",)])
def test_what_spack_owns_is_kept(sandbox: World, tmp_path: Path, options: tuple[str, ...]) -> None:
    here = fake_view(sandbox, tmp_path)
    wheel(tmp_path, "needs_torch", "torch>=2")
    words = ("--entrypoint", "uv-install", "--", *options, "./needs_torch-1.0-py3-none-any.whl", "torch")
    done = sandbox.run(*here, *words)
    assert done.returncode == 0, done.stderr
    told = sandbox.run(*here, "--", "python", "-c", "import needs_torch, torch; print(torch.origin)")
    assert told.stdout == "/opt/spack_store/views/zephyr/lib/python3.11/site-packages/torch.py\n", told.stderr
    assert not list(sandbox.root.glob("p/bazel_cache/venvs/*/lib/python3*/site-packages/torch*"))


def test_a_wish_that_does_not_fit_what_spack_owns_is_an_error(sandbox: World, tmp_path: Path) -> None:
    here = fake_view(sandbox, tmp_path)
    done = sandbox.run(*here, "--entrypoint", "uv-install", "--", "torch==2.0.0")
    assert done.returncode == 1
    assert "you require torch==2.0.0 and torch==2.9.0" in " ".join(done.stderr.split())
    assert "Spack" in done.stderr


def test_inside_a_spack_environment_only_what_was_put_upon_it_counts(sandbox: World, tmp_path: Path) -> None:
    wheel(tmp_path, "one")
    install = ("--entrypoint", "uv-install", "--", "./one-1.0-py3-none-any.whl")
    assert sandbox.run("-q", "--workspace", str(tmp_path), "--project-id", "p", *install).returncode == 0
    here = fake_view(sandbox, tmp_path)
    # What activation does, as far as Python is concerned; spack-env-activate then calls enter_venv.
    entering = (
        "export SPACK_ENV=/workspace/pkg/zephyr PATH=/opt/spack_store/views/zephyr/bin:$PATH\n"
        ". /opt/sygaldry/container/environment.sh\ntype -P python3"
    )
    assert sandbox.run(*here, "--", "bash", "-c", entering).stdout == "/opt/spack_store/views/zephyr/bin/python3\n"
    assert sandbox.run(*here, *install).returncode == 0
    told = sandbox.run(*here, "--", "bash", "-c", entering).stdout
    assert told.startswith("/opt/bazel_cache/venvs/")
    assert told.endswith("-spack/bin/python3\n")


def test_two_installs_at_once_take_turns(sandbox: World, tmp_path: Path) -> None:
    for name in ("one", "two"):
        wheel(tmp_path, name)
    argv = [str(LAUNCHER), "-q", "--workspace", str(tmp_path), "--entrypoint", "uv-install", "--"]
    both = [
        subprocess.Popen([*argv, f"./{name}-1.0-py3-none-any.whl"], env=sandbox.environment(), stderr=subprocess.PIPE)
        for name in ("one", "two")
    ]
    assert [process.communicate(timeout=120)[1] and process.returncode for process in both] == [0, 0]
    done = sandbox.run("-q", "--workspace", str(tmp_path), "--", "python", "-c", "import one, two; print('both')")
    assert done.stdout == "both\n"


def test_an_interrupted_installation_is_mended_with_all_that_was_asked_for(sandbox: World, tmp_path: Path) -> None:
    for name in ("one", "two"):
        wheel(tmp_path, name)
    here = ("-q", "--workspace", str(tmp_path))
    assert sandbox.run(*here, "--entrypoint", "uv-install", "--", "./one-1.0-py3-none-any.whl").returncode == 0
    (venv,) = (path for path in sandbox.root.glob("*/bazel_cache/venvs/*") if path.is_dir())
    # What a kill in the middle leaves: the mark, and a package of which only the metadata is there.
    (venv / "busy").touch()
    (only,) = venv.glob("lib/python3*/site-packages/one.py")
    only.unlink()
    done = sandbox.run(*here, "--entrypoint", "uv-install", "--", "./two-1.0-py3-none-any.whl")
    assert done.returncode == 0, done.stderr
    assert "making" in done.stderr
    assert sandbox.run(*here, "--", "python", "-c", "import one, two; print('both')").stdout == "both\n"
    assert not (venv / "busy").exists()


def test_an_environment_without_its_python_is_passed_over_then_made_again(sandbox: World, tmp_path: Path) -> None:
    wheel(tmp_path, "one")
    here = ("-q", "--workspace", str(tmp_path))
    words = (*here, "--entrypoint", "uv-install", "--", "./one-1.0-py3-none-any.whl")
    assert sandbox.run(*words).returncode == 0
    (venv,) = (path for path in sandbox.root.glob("*/bazel_cache/venvs/*") if path.is_dir())
    (venv / "bin" / "python").unlink()
    assert sandbox.run(*here, "--", "sh", "-c", "echo ${VIRTUAL_ENV-none}").stdout == "none\n"
    assert sandbox.run(*words).returncode == 0
    assert sandbox.run(*here, "--", "python3", "-c", "import one; print('back')").stdout == "back\n"


def test_a_wrong_wish_leaves_what_is_there(sandbox: World, tmp_path: Path) -> None:
    for name in ("one", "bad"):
        wheel(tmp_path, name, "" if name == "one" else "one>=2")
    here = ("-q", "--workspace", str(tmp_path))
    assert sandbox.run(*here, "--entrypoint", "uv-install", "--", "./one-1.0-py3-none-any.whl").returncode == 0
    words = (*here, "--entrypoint", "uv-install", "--", "./one-1.0-py3-none-any.whl", "./bad-1.0-py3-none-any.whl")
    assert sandbox.run(*words).returncode == 1
    assert not list(sandbox.root.glob("*/bazel_cache/venvs/*/busy"))
    assert sandbox.run(*here, "--", "python", "-c", "import one; print('still')").stdout == "still\n"


def test_a_locked_project_is_installed_without_what_spack_owns(sandbox: World, tmp_path: Path) -> None:
    here = fake_view(sandbox, tmp_path)
    (tmp_path / "wheels").mkdir()
    wheel(tmp_path / "wheels", "needs_torch", "torch>=2")
    wheel(tmp_path / "wheels", "torch", version="2.0.0")
    wheel(tmp_path / "wheels", "more")
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "mine"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["needs_torch"]\n'
        '[project.optional-dependencies]\nextra = ["more"]\n'
        '[tool.uv]\nno-index = true\nfind-links = ["./wheels"]\n'
    )
    words = (*here, "--entrypoint", "uv-install", "--", "--project", ".", "--locked")
    refused = sandbox.run(*words)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--locked needs a uv.lock" in refused.stderr
    locked = sandbox.run(*here, "--", "uv", "lock")
    assert locked.returncode == 0, locked.stderr
    done = sandbox.run(*words, "--extra", "extra")
    assert done.returncode == 0, done.stderr
    assert "kept from the Spack view, whatever the lock says: torch 2.9.0" in done.stderr
    script = "import needs_torch, more, torch; print(torch.origin)"
    told = sandbox.run(*here, "--", "python", "-c", script)
    assert told.stdout.startswith("/opt/spack_store/views/zephyr/"), told.stderr


def test_packages_that_do_not_fit_together_are_taken_back(sandbox: World, tmp_path: Path) -> None:
    for version in ("1.0", "2.0"):
        wheel(tmp_path, "one", version=version)
    wheel(tmp_path, "two", "one>=2")
    here = ("-q", "--workspace", str(tmp_path))
    install = (*here, "--entrypoint", "uv-install", "--")
    assert sandbox.run(*install, "./one-2.0-py3-none-any.whl", "./two-1.0-py3-none-any.whl").returncode == 0
    done = sandbox.run(*install, "./one-1.0-py3-none-any.whl")
    assert done.returncode == 1
    assert "do not fit together, so the installation was taken back" in done.stderr
    script = "from importlib.metadata import version; import two; print(version('one'))"
    assert sandbox.run(*here, "--", "python", "-c", script).stdout == "2.0\n"


def test_a_login_shell_keeps_the_environment(sandbox: World, tmp_path: Path) -> None:
    wheel(tmp_path, "one")
    here = ("-q", "--workspace", str(tmp_path))
    assert sandbox.run(*here, "--entrypoint", "uv-install", "--", "./one-1.0-py3-none-any.whl").returncode == 0
    line = "python -c 'import one; print(1)' && type -P spack-env-activate"
    assert sandbox.run(*here, "--", "bash", "-lc", line).stdout == "1\n/opt/sygaldry/container/bin/spack-env-activate\n"


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    """Serve two datasets: one that anybody may have, one that needs a token."""
    rows = b"text,label\n" + b"".join(_ROW % (number, number % 3) for number in range(500_000))
    card = (
        b"---\nconfigs:\n- config_name: small\n  data_files:\n  - split: train\n    path: small/train.csv\n---\n# Toy\n"
    )
    files = {
        "team/toy": {"README.md": card, "small/train.csv": rows},
        "team/model": {"config.json": b"{}", "weights/a.bin": b"a" * 300_000, "weights/b.bin": b"b" * 300_000},
        "team/secret": {"data.csv": b"\n".join(rows.split(b"\n")[:41])},
    }
    with serving(Hub(files, private={"team/secret": "hf_made_up"})) as server:
        yield server


@pytest.fixture(scope="module")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Share one storage, so that the libraries are installed once."""
    # The hub is a server on this host's loopback.
    variables = {"SYGALDRY_RUNTIME": "sandbox", "SYGALDRY_NETWORK": "host"}
    return World(tmp_path_factory.mktemp("hub") / "storage", variables)


@pytest.mark.network
@pytest.mark.slow
def test_a_dataset_is_downloaded_resumed_and_found_by_the_libraries(sandbox: World, downloads: World, hub: Hub) -> None:
    del sandbox  # only to skip where there is none
    hub.cut.add("small/train.csv")
    words = ("-q", "--", "team/toy", "small", "train")
    first = downloads.run(*words, SYGALDRY_ENTRYPOINT="hf-download", HF_ENDPOINT=hub.address)
    assert first.returncode == 0, first.stderr
    assert first.stdout.startswith("team/toy: train 500000 rows, ")
    assert first.stdout.count("\n") == 1
    assert hub.ranges, "the cut download went on where it stopped"
    before = len(hub.asked)
    again = downloads.run(*words, SYGALDRY_ENTRYPOINT="hf-download", HF_ENDPOINT=hub.address)
    assert again.stdout == first.stdout
    assert not [line for line in hub.asked[before:] if line.startswith("GET") and "/resolve/" in line]
    script = "import datasets; print(datasets.load_dataset('team/toy', 'small', split='train').num_rows)"
    python = f"{next(downloads.root.glob('*/bazel_cache/venvs/hf-*/bin/python')).parent.parent.name}/bin/python"
    offline = World(downloads.root, {**downloads.variables, "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"})
    found = offline.run("-q", "--", f"/opt/bazel_cache/venvs/{python}", "-c", script)
    assert found.stdout == "500000\n", found.stderr


@pytest.mark.network
@pytest.mark.slow
def test_a_private_dataset_needs_the_token_which_shows_nowhere(sandbox: World, downloads: World, hub: Hub) -> None:
    del sandbox
    words = ("-q", "--entrypoint", "hf-download", "--", "team/secret")
    refused = downloads.run(*words, HF_ENDPOINT=hub.address)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "export HF_TOKEN" in refused.stderr
    given = downloads.run(*words, "--json", HF_ENDPOINT=hub.address, HF_TOKEN="hf_made_up")
    assert json.loads(given.stdout)["rows"] == {"train": 40}, given.stderr
    assert "hf_made_up" not in given.stdout + given.stderr
    kept = [path for path in downloads.root.rglob("*") if path.is_file() and path.stat().st_size < 10**6]
    assert not [path for path in kept if b"hf_made_up" in path.read_bytes()], "no file keeps the token"


@pytest.mark.network
@pytest.mark.slow
def test_a_dataset_that_is_not_there_is_told(sandbox: World, downloads: World, hub: Hub) -> None:
    del sandbox
    done = downloads.run("-q", "--entrypoint", "hf-download", "--", "team/none", HF_ENDPOINT=hub.address)
    assert (done.returncode, done.stdout) == (1, "")
    assert "team/none was not downloaded" in done.stderr
    assert hub.address in done.stderr


def test_the_list_shows_the_workspaces_own_first(sandbox: World, tmp_path: Path) -> None:
    folder = tmp_path / "container" / "entrypoints"
    folder.mkdir(parents=True)
    (folder / "default.sh").write_text("#!/bin/bash\n# Mine\n")
    data = json.loads(sandbox.sygaldry("entrypoints", "--json", "--workspace", str(tmp_path)).stdout)["data"]
    assert data["entrypoints"]["default"] == {
        "summary": "Mine",
        "origin": "workspace",
        "path": "/workspace/container/entrypoints/default.sh",
    }
    assert data["entrypoints"]["run-job"]["origin"] == "sygaldry"
    assert os.access(CHECKOUT / "container" / "entrypoints" / "run-job.sh", os.X_OK)


@pytest.mark.network
@pytest.mark.slow
def test_files_of_a_model_are_announced_downloaded_and_verified_offline(
    sandbox: World, downloads: World, hub: Hub
) -> None:
    del sandbox
    words = ("-q", "--entrypoint", "hf-download", "--", "--model", "team/model", "--include", "weights/a*")
    done = downloads.run(*words, HF_ENDPOINT=hub.address)
    assert done.returncode == 0, done.stderr
    assert "team/model: 1 files, 293.0 KiB to download" in done.stderr
    assert done.stdout.startswith("team/model: 1 files, 300000 bytes in /opt/hf_cache/hub/")
    again = downloads.run(*words, HF_ENDPOINT=hub.address)
    assert "0 files, 0 B to download; 1 files are there" in again.stderr
    check = ("-q", "--network", "none", "--entrypoint", "hf-download", "--", "--model", "team/model", "--verify")
    assert downloads.run(*check).stdout == "team/model: 1 files are intact\n"
    (blob,) = downloads.root.glob("*/hf_cache/hub/models--team--model/blobs/*")
    blob.write_bytes(b"z" + blob.read_bytes()[1:])
    broken = downloads.run(*check)
    assert broken.returncode == 1
    assert "is damaged" in broken.stderr


def test_a_hub_that_cannot_be_reached_fails_within_seconds(sandbox: World) -> None:
    began = time.monotonic()
    done = sandbox.run("-q", "--entrypoint", "hf-download", "--", "team/toy", HF_ENDPOINT="http://127.0.0.1:9")
    assert (done.returncode, done.stdout) == (1, "")
    assert "127.0.0.1:9 cannot be reached" in done.stderr
    assert time.monotonic() - began < 10
