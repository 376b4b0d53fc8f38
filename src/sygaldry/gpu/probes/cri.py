"""The configuration of containerd and CRI-O, which run the containers of Kubernetes."""

from dataclasses import dataclass
from typing import Final

from sygaldry.gpu.probes import Names, Probe, Read
from sygaldry.gpu.recording import Recording

_FILES: Final = (
    "/etc/containerd/config.toml",
    "/etc/containerd/conf.d/*.toml",
    "/etc/crio/crio.conf",
    "/etc/crio/crio.conf.d/*",
    "/var/lib/rancher/k3s/agent/etc/containerd/config.toml",
    "/var/lib/rancher/rke2/agent/etc/containerd/config.toml",
)
_KUBELET: Final = ("/var/lib/kubelet/config.yaml", "/etc/kubernetes/kubelet.conf", "/var/lib/rancher/*/agent")


@dataclass(frozen=True)
class Cri:
    """`files` are the configurations that exist; `nvidia` are those that know the nvidia runtime or CDI."""

    kubernetes: bool
    files: tuple[str, ...]
    nvidia: tuple[str, ...]
    disabled: tuple[str, ...]  # those that switch containerd's CRI plugin off


def parse(recording: Recording) -> Cri:
    """Read the configurations of whichever engine Kubernetes uses here."""
    texts = {path: text for pattern in _FILES for path, text in recording.texts(pattern).items()}
    return Cri(
        kubernetes=any(recording.names(pattern) for pattern in _KUBELET),
        files=tuple(texts),
        nvidia=tuple(path for path, text in texts.items() if "nvidia" in text or "enable_cdi = true" in text),
        disabled=tuple(path for path, text in texts.items() if _disables_cri(text)),
    )


def _disables_cri(text: str) -> bool:
    lines = (line.strip() for line in text.splitlines())
    return any(line.startswith("disabled_plugins") and '"cri"' in line.replace("'", '"') for line in lines)


PROBE: Final = Probe(
    "containerd and CRI-O",
    (*(Read(pattern) for pattern in _FILES), *(Names(pattern) for pattern in _KUBELET)),
    parse,
)
