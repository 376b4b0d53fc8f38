"""CUDA bases from wheels: pinned, licensed, laid out as NVIDIA's installer does it, and known to the GPU gate."""

from __future__ import annotations

import importlib.util
import json
import re
import zipfile
from pathlib import Path

import pytest

from sygaldry.flows.image.cuda_base import refuse_without_licence
from sygaldry.gpu.image import image_facts
from sygaldry.image.base import Archive
from sygaldry.image.cuda import EDITIONS, CudaBase, build, download
from sygaldry.model.errors import MachineNotReadyError

CUDA = Path(__file__).parents[3] / "container" / "cuda"
WANTED = CudaBase(EDITIONS["13"], Archive("http://deb.debian.org/debian", "bookworm"))


@pytest.mark.parametrize("name", EDITIONS)
def test_every_wheel_is_pinned_by_version_and_sha256(name: str) -> None:
    lines = [line for line in (CUDA / EDITIONS[name].requirements).read_text().splitlines() if line[0] != "#"]
    assert len(lines) >= 10
    for line in lines:
        assert re.fullmatch(r"nvidia-[a-z0-9-]+==[\d.]+ --hash=sha256:[0-9a-f]{64}", line), line


def test_nothing_is_downloaded_before_the_licence_is_accepted() -> None:
    with pytest.raises(MachineNotReadyError, match="NVIDIA's own licence") as caught:
        refuse_without_licence(EDITIONS["13"], accepted=False)
    assert caught.value.hint.endswith("sygaldry image base --cuda 13 --accept-nvidia-license")
    refuse_without_licence(EDITIONS["13"], accepted=True)


def test_the_commands_demand_hashes_and_build_upon_the_plain_base() -> None:
    assert {"--require-hashes", "--no-deps", ":all:"} <= set(download("python3", "13.txt", "wheels").argv)
    assert build("docker", WANTED, "context").argv == (
        *("docker", "build", "--file", "context/cuda_base.dockerfile"),
        *("--build-arg", "BASE=sygaldry/base:bookworm", "--build-arg", "CUDA=13.0.2"),
        *("--label", "dev.sygaldry.kind=base", "--tag", "sygaldry/cuda:13.0.2-devel-bookworm", "context"),
    )


def test_pip_finds_wheels_of_both_names_for_a_platform() -> None:
    """Pip downloads no manylinux2014 wheel for manylinux_2_17, and nvidia-cusparselt-cu13 has only the older name."""
    assert {"manylinux2014_x86_64", "manylinux_2_17_x86_64"} <= set(download("python3", "13.txt", "wheels").argv)


def test_the_gate_reads_the_version_and_knows_of_no_compatibility_library() -> None:
    facts = image_facts(base=WANTED.tag)
    assert (facts.cuda, facts.note) == ((13, 0), None)


def test_wheels_become_one_folder_with_links_versions_and_licences(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("assemble", CUDA / "assemble.py")
    assert spec is not None
    assert spec.loader is not None
    assemble = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(assemble)
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    with zipfile.ZipFile(wheels / "nvidia_cuda_nvcc-13.0.88-py3-none-any.whl", "w") as wheel:
        wheel.writestr("nvidia/cu13/bin/nvcc", "program")
        wheel.writestr("nvidia/cu13/include/cuda.h", "header")
        wheel.writestr("nvidia/cu13/../../../../evil", "no")
        wheel.writestr("nvidia/__init__.py", "")
        wheel.writestr("nvidia_cuda_nvcc-13.0.88.dist-info/licenses/License.txt", "terms")
    with zipfile.ZipFile(wheels / "nvidia_cudnn_cu13-9.13.0.50-py3-none-any.whl", "w") as wheel:
        wheel.writestr("nvidia/cudnn/lib/libcudnn.so.9", "library")
    assemble.main(str(wheels), str(tmp_path / "root"), "13.0.2")
    folder = tmp_path / "root" / "usr" / "local" / "cuda-13.0"
    assert (folder / "bin" / "nvcc").stat().st_mode & 0o111
    assert (folder / "lib64" / "libcudnn.so").readlink() == Path("libcudnn.so.9")
    assert (folder / "targets" / "x86_64-linux" / "include" / "cuda.h").read_text() == "header"
    assert json.loads((folder / "version.json").read_text())["cuda"]["version"] == "13.0.2"
    assert (folder / "licenses" / "nvidia_cuda_nvcc.txt").read_text() == "terms"
    assert (folder.parent / "cuda").readlink() == Path("cuda-13.0")
    assert not list(tmp_path.rglob("evil"))
