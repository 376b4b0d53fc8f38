"""How GPUs are handed to a runtime: exactly one way, the most honest one that works there.

Fresh CDI first: it enforces no NVIDIA_REQUIRE_CUDA of its own and survives a daemon reload; then the nvidia runtime,
then `--gpus`; never two. The sandbox gets the nodes, the driver's libraries and /sys by hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sygaldry.gpu.facts import Facts
from sygaldry.gpu.gate import Gate, Mode
from sygaldry.gpu.probes.nodes import PERSISTENCE_SOCKET
from sygaldry.gpu.unknown import Unknown
from sygaldry.model.workspace import Mount

COMPAT_FOLDER: Final = "/usr/local/cuda/compat"
DRIVER_FOLDER: Final = "/opt/nvidia/lib64"  # in a sandbox over an image root, whose /usr is read-only

# Torch and JAX look for a GPU whatever we say; these make them silent about it and true to it.
OFF: Final[Mapping[str, str]] = {
    "CUDA_VISIBLE_DEVICES": "",
    "NVIDIA_VISIBLE_DEVICES": "void",
    "JAX_PLATFORMS": "cpu",
    "JAX_SKIP_CUDA_CONSTRAINTS_CHECK": "1",
}

_NODES: Final = (
    "/dev/nvidiactl",
    "/dev/nvidia-uvm",
    "/dev/nvidia-uvm-tools",
    "/dev/nvidia-modeset",
    "/dev/dxg",
)
_DRIVER_LIBRARIES: Final = (
    "libcuda.so",
    "libcudadebugger.so",
    "libnvcuvid.so",
    "libnvidia-",
    "libnvoptix.so",
    "libdxcore.so",
)


@dataclass(frozen=True)
class Grant:
    """What a runtime adds to its command; `refusal` says why this runtime cannot give what the gate allowed."""

    way: str = ""
    gpus: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    mounts: tuple[Mount, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""
    remedy: str = ""


def withheld(verdict: Gate) -> Grant:
    """Give nothing, and keep the frameworks quiet about it."""
    return Grant("none", environment={**OFF, "SYGALDRY_GPU_VERDICT": str(verdict.mode)})


def grant(verdict: Gate, facts: Facts, runtime: str, *, rootfs: bool = False) -> Grant:
    """Choose how the GPUs of a verdict reach a runtime."""
    if not verdict.on:
        return withheld(verdict)
    given = _given(verdict, facts, runtime, rootfs=rootfs)
    if given.refusal:
        return given
    return Grant(given.way, given.gpus, given.devices, given.mounts, {**_common(verdict, given), **given.environment})


def _given(verdict: Gate, facts: Facts, runtime: str, *, rootfs: bool) -> Grant:
    match runtime:
        case "docker":
            return _docker(verdict, facts)
        case "podman":
            return _podman(verdict, facts)
        case "apptainer":
            return Grant("nv", ("--nv",), environment=_chosen(verdict))
        case _:
            return _sandbox(verdict, facts, rootfs=rootfs)


def _common(verdict: Gate, given: Grant) -> dict[str, str]:
    common = {
        "SYGALDRY_GPU_VERDICT": str(verdict.mode),
        # The gate has decided; half of the engines would ask the image's own, coarser condition again.
        "NVIDIA_DISABLE_REQUIRE": "1",
        "NVIDIA_DRIVER_CAPABILITIES": "compute,utility",
    }
    if verdict.mode is Mode.FORWARD:
        own = given.environment.get("LD_LIBRARY_PATH", "/usr/local/nvidia/lib:/usr/local/nvidia/lib64")
        return {**common, "LD_LIBRARY_PATH": f"{COMPAT_FOLDER}:{own}"}
    return common


def _docker(verdict: Gate, facts: Facts) -> Grant:
    if isinstance(facts.docker, Unknown):
        return _refused(f"docker could not be asked: {facts.docker.reason}", "docker info")
    if facts.docker is None:
        return _refused("there is no docker", "sygaldry doctor")
    listed = facts.docker.cdi_devices is None or any(
        each.startswith("nvidia.com/gpu") for each in facts.docker.cdi_devices
    )
    if facts.docker.cdi_folders and listed and _fresh_cdi(facts, facts.docker.cdi_folders):
        return Grant("cdi", _cdi_words(verdict))
    if "nvidia" in facts.docker.runtimes:
        return Grant("runtime", ("--runtime=nvidia",), environment={"NVIDIA_VISIBLE_DEVICES": _uuids(verdict) or "all"})
    if facts.docker.tools & {"nvidia-container-runtime-hook", "nvidia-container-toolkit", "nvidia-cdi-hook"}:
        chosen = ",".join(str(each.gpu.index) for each in verdict.usable)
        return Grant("gpus", ("--gpus", f'"device={chosen}"' if verdict.partial else "all"))
    return _refused(
        "docker has no way to give a GPU: no CDI device, no nvidia runtime, no NVIDIA hook",
        "sudo apt-get install nvidia-container-toolkit && sudo systemctl restart docker",
    )


def _podman(verdict: Gate, facts: Facts) -> Grant:
    if _fresh_cdi(facts, ("/etc/cdi", "/var/run/cdi", "/run/cdi")):
        # Without this, SELinux hides the device nodes from a rootless container.
        return Grant("cdi", (*_cdi_words(verdict), "--security-opt=label=disable"))
    return _refused(
        "podman gives GPUs through CDI only, and there is no fresh specification",
        "sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml",
    )


def _sandbox(verdict: Gate, facts: Facts, *, rootfs: bool) -> Grant:
    if isinstance(facts.nodes, Unknown):
        return _refused(f"the device nodes could not be read: {facts.nodes.reason}", "sygaldry gpu inspect")
    nodes = tuple(sorted(path for path in facts.node_paths if _wanted(path)))
    if not nodes:
        return _refused("there are no device nodes to give", "sudo nvidia-modprobe -u -c0")
    socket = (PERSISTENCE_SOCKET,) if PERSISTENCE_SOCKET in facts.node_paths else ()
    mounts = (*(_driver_mounts(facts) if rootfs else ()), *(Mount(path, path) for path in socket))
    loader = {"LD_LIBRARY_PATH": DRIVER_FOLDER} if rootfs else {}
    return Grant("nodes", devices=nodes, mounts=mounts, environment={**_chosen(verdict), **loader})


def _driver_mounts(facts: Facts) -> tuple[Mount, ...]:
    """Show the host's driver inside an image root; without /sys CUDA fails with 304."""
    cache = {} if isinstance(facts.libraries, Unknown) else facts.libraries.cache
    libraries = sorted(
        (name, path) for name, path in cache.items() if name.startswith(_DRIVER_LIBRARIES) or "_nvidia." in name
    )
    return (Mount("/sys", "/sys"), *(Mount(path, f"{DRIVER_FOLDER}/{name}") for name, path in libraries))


def _wanted(path: str) -> bool:
    return path in _NODES or path.startswith("/dev/nvidia-caps/") or path.removeprefix("/dev/nvidia").isdigit()


def _fresh_cdi(facts: Facts, folders: tuple[str, ...]) -> bool:
    if isinstance(facts.cdi, Unknown) or isinstance(facts.nodes, Unknown):
        return False
    inside = [spec for spec in facts.cdi if spec.path.rpartition("/")[0] in (*folders, *_run_folders(folders))]
    return bool(inside) and not any(spec.stale(facts.driver, facts.node_paths) for spec in inside)


def _run_folders(folders: tuple[str, ...]) -> tuple[str, ...]:
    # /var/run is a link to /run.
    return ("/run/cdi", "/var/run/cdi") if {"/run/cdi", "/var/run/cdi"} & set(folders) else ()


def _cdi_words(verdict: Gate) -> tuple[str, ...]:
    if not verdict.partial:
        return ("--device=nvidia.com/gpu=all",)
    return tuple(f"--device=nvidia.com/gpu={each.gpu.index}" for each in verdict.usable)


def _uuids(verdict: Gate) -> str:
    return ",".join(each.gpu.uuid for each in verdict.usable) if verdict.partial else ""


def _chosen(verdict: Gate) -> dict[str, str]:
    return {"CUDA_VISIBLE_DEVICES": _uuids(verdict)} if verdict.partial else {}


def _refused(reason: str, remedy: str) -> Grant:
    return Grant(refusal=reason, remedy=remedy)
