"""Everything known about one machine's GPUs, each part by itself known or not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from sygaldry.gpu.gpus import Gpu
from sygaldry.gpu.probes import (
    apptainer,
    cdi,
    cri,
    cuda,
    dev_char,
    device_rules,
    docker,
    host_libraries,
    kernel,
    kernel_log,
    libraries,
    memory,
    nodes,
    nvml,
    packages,
    parsed,
    pci,
    platform,
    podman,
    proc_gpus,
    sandbox,
    services,
    smi,
)
from sygaldry.gpu.recording import Recording
from sygaldry.gpu.unknown import Known, Unknown, known
from sygaldry.gpu.versions import Version


@dataclass(frozen=True)
class Facts:
    """One field a probe, named as the probe is; `messages` is what an engine or a framework printed."""

    platform: Known[platform.Platform]
    pci: Known[tuple[pci.PciDevice, ...]]
    kernel: Known[kernel.Kernel]
    proc_gpus: Known[tuple[proc_gpus.ProcGpu, ...]]
    nodes: Known[tuple[nodes.Node, ...]]
    libraries: Known[libraries.Libraries]
    nvml: Known[nvml.Nvml]
    smi: Known[smi.Smi | None]
    cuda: Known[cuda.Cuda]
    kernel_log: Known[kernel_log.KernelLog]
    packages: Known[packages.Packages]
    services: Known[services.Services]
    docker: Known[docker.Docker | None]
    podman: Known[Version | None]
    apptainer: Known[Version | None]
    cdi: Known[tuple[cdi.CdiSpec, ...]]
    cri: Known[cri.Cri]
    dev_char: Known[dev_char.DevChar]
    device_rules: Known[device_rules.DeviceRules]
    host_libraries: Known[host_libraries.HostLibraries]
    sandbox: Known[sandbox.Sandbox]
    memory: Known[int]
    environment: Mapping[str, str]
    messages: str
    trouble: Mapping[str, str]

    @property
    def has_hardware(self) -> bool:
        """Whether there is a GPU to speak of: on the bus, in the driver, or through WSL."""
        if any(device.kind == "gpu" for device in _or_empty(self.pci)):
            return True
        if _or_empty(self.proc_gpus) or any(node.path in _DRIVER_NODES for node in _or_empty(self.nodes)):
            return True
        return not isinstance(self.platform, Unknown) and self.platform.kind in ("wsl", "tegra")

    @property
    def gpus(self) -> tuple[Gpu, ...]:
        """The GPUs as NVML lists them, else as nvidia-smi does; raises CouldNotCheckError if neither did."""
        if not isinstance(self.nvml, Unknown) and self.nvml.code == nvml.OK:
            return self.nvml.gpus
        answer = self.smi
        if isinstance(answer, Unknown) or answer is None or answer.failure:
            return known(self.nvml).gpus
        return answer.gpus

    @property
    def driver(self) -> str:
        """The version of the loaded driver, empty if none is loaded."""
        loaded = "" if isinstance(self.kernel, Unknown) else self.kernel.loaded
        if loaded:
            return loaded
        if not isinstance(self.nvml, Unknown) and self.nvml.driver:
            return self.nvml.driver
        return self.smi.driver if self.smi and not isinstance(self.smi, Unknown) else ""

    @property
    def node_paths(self) -> frozenset[str]:
        return frozenset(node.path for node in known(self.nodes))


T = TypeVar("T")

_DRIVER_NODES = frozenset({"/dev/nvidiactl", "/dev/nvidia0", "/dev/dxg"})


def read(recording: Recording) -> Facts:
    """Parse every probe's answers, each by itself."""
    return Facts(
        platform=parsed("platform", platform.PROBE, recording),
        pci=parsed("pci", pci.PROBE, recording),
        kernel=parsed("kernel", kernel.PROBE, recording),
        proc_gpus=parsed("proc-gpus", proc_gpus.PROBE, recording),
        nodes=parsed("nodes", nodes.PROBE, recording),
        libraries=parsed("libraries", libraries.PROBE, recording),
        nvml=parsed("nvml", nvml.PROBE, recording),
        smi=parsed("smi", smi.PROBE, recording),
        cuda=parsed("cuda", cuda.PROBE, recording),
        kernel_log=parsed("kernel-log", kernel_log.PROBE, recording),
        packages=parsed("packages", packages.PROBE, recording),
        services=parsed("services", services.PROBE, recording),
        docker=parsed("docker", docker.PROBE, recording),
        podman=parsed("podman", podman.PROBE, recording),
        apptainer=parsed("apptainer", apptainer.PROBE, recording),
        cdi=parsed("cdi", cdi.PROBE, recording),
        cri=parsed("cri", cri.PROBE, recording),
        dev_char=parsed("dev-char", dev_char.PROBE, recording),
        device_rules=parsed("device-rules", device_rules.PROBE, recording),
        host_libraries=parsed("host-libraries", host_libraries.PROBE, recording),
        sandbox=parsed("sandbox", sandbox.PROBE, recording),
        memory=parsed("memory", memory.PROBE, recording),
        environment=recording.environment,
        messages=recording.messages,
        trouble=recording.trouble,
    )


def _or_empty(value: tuple[T, ...] | Unknown) -> tuple[T, ...]:
    return () if isinstance(value, Unknown) else value
