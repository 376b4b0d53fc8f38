"""How the GPUs of a verdict reach each runtime: exactly one way."""

from dataclasses import replace

import pytest
from tests.unit.gpu.conftest import facts_of, recorded

from sygaldry.flows.launch import gpus
from sygaldry.gpu.facts import read
from sygaldry.gpu.gate import gate
from sygaldry.gpu.image import ImageFacts
from sygaldry.gpu.passthrough import OFF, Grant, grant
from sygaldry.model.workspace import Mount


def given(name: str, runtime: str, *, rootfs: bool = False) -> Grant:
    facts = facts_of(name)
    return grant(gate(facts, ImageFacts(), "auto"), facts, runtime, rootfs=rootfs)


def test_docker_with_a_fresh_cdi_specification_uses_nothing_else() -> None:
    found = given("h100-575", "docker")
    assert (found.way, found.gpus) == ("cdi", ("--device=nvidia.com/gpu=all",))


def test_docker_without_cdi_uses_the_nvidia_runtime() -> None:
    found = given("docker-runtime-only", "docker")
    assert (found.way, found.gpus) == ("runtime", ("--runtime=nvidia",))
    assert found.environment["NVIDIA_VISIBLE_DEVICES"] == "all"


def test_docker_with_a_stale_specification_does_not_use_it() -> None:
    facts = facts_of("podman-cdi-stale")
    docker = replace(facts, docker=facts_of("docker-runtime-only").docker)
    assert grant(gate(docker, ImageFacts(), "auto"), docker, "docker").way == "runtime"


def test_docker_with_the_hook_alone_uses_gpus() -> None:
    facts = facts_of("docker-rootless")
    assert grant(gate(facts, ImageFacts(), "auto"), facts, "docker").gpus == ("--gpus", "all")


def test_docker_without_anything_is_refused_with_the_command_that_helps() -> None:
    found = given("docker-without-toolkit", "docker")
    assert "no CDI device, no nvidia runtime, no NVIDIA hook" in found.refusal
    assert "nvidia-container-toolkit" in found.remedy


def test_a_part_of_the_gpus_is_named_one_by_one() -> None:
    facts = replace(facts_of("mixed-4090-5090"), docker=facts_of("docker-runtime-only").docker)
    found = grant(gate(facts, ImageFacts(), "auto"), facts, "docker")
    assert found.environment["NVIDIA_VISIBLE_DEVICES"] == "GPU-00000001-0000-0000-0000-000000000000"
    hook = grant(gate(facts, ImageFacts(), "auto"), replace(facts, docker=facts_of("docker-rootless").docker), "docker")
    assert hook.gpus == ("--gpus", '"device=0"')


def test_podman_uses_cdi_or_nothing() -> None:
    assert given("h100-575", "podman").gpus == ("--device=nvidia.com/gpu=all", "--security-opt=label=disable")
    assert "nvidia-ctk cdi generate" in given("podman-cdi-stale", "podman").remedy


def test_apptainer_copies_the_driver_itself() -> None:
    assert given("h100-575", "apptainer").gpus == ("--nv",)


def test_the_sandbox_gets_the_nodes_and_sees_the_driver_of_its_own_root() -> None:
    found = given("rtx4090-570", "sandbox")
    assert found.devices == (
        "/dev/nvidia-modeset", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools", "/dev/nvidia0", "/dev/nvidiactl",
    )  # fmt: skip
    assert found.mounts == ()


def test_a_sandbox_over_an_image_root_gets_the_drivers_libraries_and_sys() -> None:
    found = given("rtx4090-570", "sandbox", rootfs=True)
    folder = "/usr/lib/x86_64-linux-gnu"
    assert found.mounts == (
        Mount("/sys", "/sys"),
        Mount(f"{folder}/libcuda.so.1", "/opt/nvidia/lib64/libcuda.so.1"),
        Mount(f"{folder}/libnvidia-ml.so.1", "/opt/nvidia/lib64/libnvidia-ml.so.1"),
        Mount(f"{folder}/libnvidia-ptxjitcompiler.so.1", "/opt/nvidia/lib64/libnvidia-ptxjitcompiler.so.1"),
    )
    assert found.environment["LD_LIBRARY_PATH"] == "/opt/nvidia/lib64"


def test_a_yes_switches_the_images_own_condition_off_and_is_told_inside() -> None:
    found = given("rtx4090-570", "docker")
    assert found.environment["NVIDIA_DISABLE_REQUIRE"] == "1"
    assert found.environment["SYGALDRY_GPU_VERDICT"] == "minor-version"
    assert "LD_LIBRARY_PATH" not in found.environment


def test_forward_compatibility_is_activated_only_where_it_is_right() -> None:
    assert given("t4-550", "docker").environment["LD_LIBRARY_PATH"].startswith("/usr/local/cuda/compat:")
    assert "LD_LIBRARY_PATH" not in given("h100-575", "docker").environment


@pytest.mark.parametrize("runtime", ["docker", "podman", "apptainer", "sandbox"])
@pytest.mark.parametrize("name", ["no-gpu", "a10g-515", "rtx5090-575", "driver-mismatch"])
def test_a_no_gives_nothing_and_keeps_the_frameworks_quiet(name: str, runtime: str) -> None:
    found = given(name, runtime)
    assert (found.gpus, found.devices, found.mounts) == ((), (), ())
    assert OFF.items() <= found.environment.items()


def test_a_launch_without_a_gpu_uses_the_same_words() -> None:
    assert gpus.OFF == OFF


def test_the_persistence_daemon_is_reached_from_a_sandbox_where_it_runs() -> None:
    socket = "/run/nvidia-persistenced/socket"
    facts = read(replace(recorded("rtx4090-570"), nodes={**recorded("rtx4090-570").nodes, socket: "o 0666 -"}))
    assert grant(gate(facts, ImageFacts(), "auto"), facts, "sandbox").mounts == (Mount(socket, socket),)
