"""Where the expected CUDA and architectures come from: the environment of the Python, never another one's."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sygaldry.config.resolve import Resolved
from sygaldry.config.settings import Settings
from sygaldry.flows.env.promise import promised, promised_image, python_of
from sygaldry.gpu.compat_note import CUDA_12_9
from sygaldry.gpu.image import ImageFacts
from sygaldry.gpu.validation.promise import Promise
from sygaldry.model.errors import LockError, NotFoundError, UsageError

ROOT = Path(__file__).parents[3]
RESOLVED = Resolved(Settings())
UV_LOCK = (
    '[[package]]\nname = "nvidia-cuda-runtime"\nversion = "13.2.86"\n\n[[package]]\nname = "torch"\nversion = "2"\n'
)


@pytest.fixture(autouse=True)
def outside_of_spack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPACK_ENV", raising=False)


def virtual_environment(folder: Path, *packages: str) -> str:
    """Make a virtual environment of folders; returns its Python."""
    place = folder / "lib" / "python3.12" / "site-packages"
    for name in packages:
        (place / name).mkdir(parents=True)
    (folder / "bin").mkdir()
    (folder / "pyvenv.cfg").touch()
    (folder / "bin" / "python").symlink_to("/usr/bin/true")
    return str(folder / "bin" / "python")


def of(python: str = "/nowhere/bin/python", environment: str = "", architectures: str = "") -> Promise:
    return promised(python, environment, architectures, RESOLVED, ROOT)


@pytest.mark.parametrize(
    ("name", "cuda", "torch", "jax"),
    [
        ("zephyr", "12.9", "61,75,80,86,89,90", "61,75,80,86,89,90"),
        ("zephyr-cuda13", "13.0", "75,80,86,89,90,100,120", "75,80,86,89,90,100,120"),
        ("torch_cuda", "12.9", "61,75,80,86,89,90", ""),
        ("rehearsal/debian12", "", "", ""),
    ],
)
def test_a_spack_lock_promises_what_its_roots_have(name: str, cuda: str, torch: str, jax: str) -> None:
    lock = ROOT / "pkg" / name / "spack.lock"
    assert of(environment=str(lock.parent)) == Promise(cuda, torch, jax, str(lock))


def test_a_manifest_that_is_not_locked_yet_promises_its_own_words(tmp_path: Path) -> None:
    (tmp_path / "spack_src.yaml").write_text("spack:\n  specs: [cuda@13.0.2, py-torch+cuda cuda_arch=90]\n")
    assert of(environment=str(tmp_path)) == Promise("13.0", "90", "90", str(tmp_path / "spack_src.yaml"))
    (tmp_path / "spack_src.yaml").write_text("spack:\n  specs: [py-torch~cuda]\n")
    assert of(environment=str(tmp_path)).cuda == ""


def test_wheels_of_a_project_promise_the_cuda_of_its_lock_and_no_architectures(tmp_path: Path) -> None:
    python = virtual_environment(tmp_path / ".venv", "torch", "nvidia_cuda_runtime-13.0.96.dist-info")
    (tmp_path / "uv.lock").write_text(UV_LOCK)
    wanted = Promise("13.2", source=str(tmp_path / "uv.lock"))
    assert of(python) == of(environment=str(tmp_path)) == of(environment=str(tmp_path / ".venv")) == wanted
    assert python_of(str(tmp_path)) == python
    assert python_of("pkg/zephyr") == python_of("") == "python3"


@pytest.mark.parametrize("package", ["nvidia_cuda_runtime-13.0.96", "nvidia_cuda_runtime_cu12-12.8.90"])
def test_wheels_without_a_lock_promise_the_cuda_that_they_brought(tmp_path: Path, package: str) -> None:
    python = virtual_environment(tmp_path / "v", "jax", f"{package}.dist-info")
    assert of(python) == Promise(package.rpartition("-")[2].rpartition(".")[0], source=str(tmp_path / "v"))


def test_wheels_for_the_cpu_are_held_against_the_environment_around_them(tmp_path: Path) -> None:
    python = virtual_environment(tmp_path / "v", "torch")
    assert of(python) == Promise("12.9", source=str(tmp_path / "v"))


def test_a_virtual_environment_without_frameworks_has_those_of_the_environment_around_it(tmp_path: Path) -> None:
    assert of(virtual_environment(tmp_path / "v", "requests")) == of(environment=str(ROOT / "pkg" / "zephyr"))


def test_the_active_spack_environment_comes_before_the_configured_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert of().torch == "61,75,80,86,89,90"
    monkeypatch.setenv("SPACK_ENV", str(ROOT / "pkg" / "zephyr-cuda13"))
    assert of().cuda == "13.0"


def test_without_any_environment_the_base_image_decides_and_no_architectures_are_demanded(tmp_path: Path) -> None:
    assert promised("/nowhere/python", "", "", RESOLVED, tmp_path) == Promise("12.9")


def test_architectures_by_option_replace_those_declared() -> None:
    named = of(architectures="sm_90, 8.0")
    assert (named.cuda, named.torch, named.jax, named.source) == ("12.9", "80,90", "80,90", "--architectures")


@pytest.mark.parametrize("words", ["x", "7", "sm_90;rm", "9" * 40])
def test_architectures_that_are_none_are_a_mistake_of_use(words: str) -> None:
    with pytest.raises(UsageError, match="--architectures"):
        of(architectures=words)


@pytest.mark.parametrize("text", ["package = 3", "not toml", "[[package]]\nversion='1'"])
def test_a_damaged_lock_of_wheels_is_an_error_with_a_way_out(tmp_path: Path, text: str) -> None:
    (tmp_path / "uv.lock").write_text(text)
    with pytest.raises(UsageError, match="is damaged") as caught:
        of(environment=str(tmp_path))
    assert "uv lock" in caught.value.hint


def test_a_folder_without_an_environment_is_not_found_and_a_damaged_spack_lock_not_believed(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        of(environment=str(tmp_path))
    copy = shutil.copytree(ROOT / "pkg" / "torch_cuda", tmp_path / "copy")
    lock = copy / "spack.lock"
    lock.write_text(lock.read_text().replace('"61"', '"90"'))
    with pytest.raises(LockError, match="is not as Spack wrote it"):
        of(environment=str(copy))


def test_the_gate_judges_by_the_same_promise_and_leaves_unknown_architectures_to_the_suites() -> None:
    listed = promised_image(Promise("13.0", "75,90", "", "pkg/x/spack.lock"), ImageFacts())
    assert (listed.cuda, listed.built_for.text(), listed.note) == ((13, 0), "75,90", None)
    assert promised_image(Promise("12.9", "90"), ImageFacts()).note == CUDA_12_9
    unknown = promised_image(Promise("13.2", source="/v"), ImageFacts())
    assert all(unknown.built_for.runs_natively(each) for each in ((7, 5), (9, 0), (12, 0)))
