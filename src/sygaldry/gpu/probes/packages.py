"""Installed driver packages, DKMS builds, Secure Boot, and whether a reboot is waited for."""

import re
from dataclasses import dataclass
from typing import Final

from sygaldry.gpu.probes import Names, Probe, Run
from sygaldry.gpu.recording import Recording

_DKMS: Final = re.compile(
    r"^nvidia[^,/]*[,/]\s*([\d.]+),\s*(?:([^,:]+),\s*[^:]+)?:\s*(\S.*)$|^nvidia[^,/]*[,/]\s*([\d.]+): (\S+)"
)


@dataclass(frozen=True)
class Dkms:
    """One build of the module; `kernel` is empty if it was only added."""

    version: str
    kernel: str
    state: str


@dataclass(frozen=True)
class Packages:
    """`versions` maps package names to (state, version); states are dpkg's two letters, ii for rpm."""

    versions: dict[str, tuple[str, str]]
    dkms: tuple[Dkms, ...] | None
    secure_boot: bool | None
    reboot_required: bool

    @property
    def has_driver(self) -> bool:
        """Whether a package with the driver's user space or modules is installed."""
        stems = (
            "nvidia-driver",
            "nvidia-open",
            "libnvidia-compute",
            "nvidia-headless",
            "cuda-drivers",
            "nvidia-utils",
        )
        return any(name.startswith(stems) and state[1:2] == "i" for name, (state, _) in self.versions.items())


def parse(recording: Recording) -> Packages:
    """Read the package manager that is there, and the others as absent."""
    return Packages(
        versions={**_dpkg(recording), **_rpm(recording)},
        dkms=_dkms(recording),
        secure_boot=_secure_boot(recording),
        reboot_required=bool(recording.names("/var/run/reboot-required")),
    )


def _dpkg(recording: Recording) -> dict[str, tuple[str, str]]:
    answer = recording.output("dpkg")
    rows = (line.split("\t") for line in answer.out.splitlines()) if answer else ()
    return {row[0]: (row[1].strip(), row[2]) for row in rows if len(row) == 3}


def _rpm(recording: Recording) -> dict[str, tuple[str, str]]:
    answer = recording.output("rpm")
    rows = (line.split("\t") for line in answer.out.splitlines()) if answer and answer.code == 0 else ()
    return {row[0]: ("ii", row[1]) for row in rows if len(row) == 2 and "nvidia" in row[0]}


def _dkms(recording: Recording) -> tuple[Dkms, ...] | None:
    answer = recording.output("dkms")
    if answer is None or answer.code != 0:
        return None
    found = (_DKMS.match(line.strip()) for line in answer.out.splitlines())
    return tuple(
        Dkms(hit.group(1) or hit.group(4), (hit.group(2) or "").strip(), (hit.group(3) or hit.group(5)).strip())
        for hit in found
        if hit
    )


def _secure_boot(recording: Recording) -> bool | None:
    answer = recording.output("mokutil")
    if answer is None:
        return None
    return {"SecureBoot enabled": True, "SecureBoot disabled": False}.get(answer.out.strip().split("\n")[0])


PROBE: Final = Probe(
    "Packages",
    (
        Run(
            "dpkg",
            ("dpkg-query", "--show", "--showformat", "${Package}\\t${db:Status-Abbrev}\\t${Version}\\n",
             "*nvidia*", "cuda-drivers*", "cuda-compat*"),
        ),
        Run("rpm", ("rpm", "-qa", "--queryformat", "%{NAME}\\t%{VERSION}\\n")),
        Run("dkms", ("dkms", "status")),
        Run("mokutil", ("mokutil", "--sb-state")),
        Names("/var/run/reboot-required"),
    ),
    parse,
)  # fmt: skip
