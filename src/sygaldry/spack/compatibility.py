"""Compare a machine with a lock: Spack checks none of this and builds regardless."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sygaldry.model.finding import Finding, Verdict
from sygaldry.spack.lock import Lock, Node

# Features of the x86-64 levels beyond the one before: https://gitlab.com/x86-psABIs/x86-64-ABI
_LEVELS: Final = {
    "x86_64": "",
    "x86_64_v2": "cx16 lahf_lm popcnt sse4_1 sse4_2 ssse3",
    "x86_64_v3": "abm avx avx2 bmi1 bmi2 f16c fma movbe xsave",
    "x86_64_v4": "avx512f avx512bw avx512cd avx512dq avx512vl",
}
_MACHINES: Final = {"x86_64": "x86_64", "aarch64": "aarch64", "ppc64le": "ppc64le"}


@dataclass(frozen=True)
class Facts:
    """What was found out: the texts of files and the answers of compilers, by the path asked."""

    os: str
    machine: str
    flags: frozenset[str] = frozenset()
    loader_banner: str = ""
    compilers: Mapping[str, str] = field(default_factory=dict)
    prefixes: frozenset[str] = frozenset()
    cuda_version: str = ""
    cudnn_header: str = ""
    free_bytes: int | None = None


def compilers_of(lock: Lock) -> dict[str, Node]:
    """Map the path of every compiler that the lock takes from the machine to its package."""
    found: dict[str, Node] = {}
    for node in lock.externals:
        paths = node.own["external"].get("extra_attributes", {}).get("compilers", {})
        found |= {str(path): node for path in paths.values()}
    return found


def os_of(os_release: str) -> str:
    """Name the OS as Spack does: its ID and VERSION_ID; rolling distributions have only an ID."""
    fields = dict(line.split("=", 1) for line in os_release.splitlines() if "=" in line and not line.startswith("#"))
    return "".join(fields.get(key, "").strip("\"' ") for key in ("ID", "VERSION_ID"))


def judge_machine(lock: Lock, facts: Facts) -> tuple[Finding, ...]:
    """Compare fact by fact; what is not ok comes with what to do."""
    sample = lock.to_install or lock.externals
    findings = [
        _os(sorted({node.os for node in sample}), facts),
        *(_target(target, facts) for target in sorted({node.target for node in sample})),
        *(_glibc(node, facts) for node in lock.named("glibc")),
        *(_compiler(path, node, facts) for path, node in sorted(compilers_of(lock).items())),
        *(_prefix(node, facts) for node in lock.externals if node.name != "glibc"),
        *(_cuda(node, facts) for node in lock.named("cuda") if node.is_external),
        *(_cudnn(node, facts) for node in lock.named("cudnn") if node.is_external),
    ]
    return tuple(findings)


def _os(expected: list[str], facts: Facts) -> Finding:
    if expected == [facts.os]:
        return Finding(Verdict.OK, f"OS {facts.os}")
    return Finding(
        Verdict.PROBLEM,
        f"the lock is for {', '.join(expected)}, and this is {facts.os or 'an unknown OS'}",
        "build in the image: ./container/launch_container.sh --runtime docker --entrypoint spack-build, or lock for "
        "this OS: sygaldry env lock",
    )


def _target(expected: str, facts: Facts) -> Finding:
    if expected in _LEVELS:
        names = list(_LEVELS)[: list(_LEVELS).index(expected) + 1]
        needed = {flag for name in names for flag in _LEVELS[name].split()}
        if facts.machine != "x86_64":
            return Finding(Verdict.PROBLEM, f"the lock is for {expected}, and this machine is {facts.machine}", _RELOCK)
        if lacking := sorted(needed - facts.flags):
            return Finding(Verdict.PROBLEM, f"this CPU lacks {', '.join(lacking)} of {expected}", _RELOCK)
        return Finding(Verdict.OK, f"CPU has all of {expected}")
    if expected.startswith(_MACHINES.get(facts.machine, "?")):
        return Finding(Verdict.OK, f"CPU is {facts.machine}")
    return Finding(Verdict.UNKNOWN, f"whether this CPU is a {expected} is not known here", "", facts.machine)


_RELOCK = "set packages:all:require to a target of this machine in spack_src.yaml, then: sygaldry env lock"


def _glibc(node: Node, facts: Facts) -> Finding:
    found = re.search(r"version (\d+\.\d+)", facts.loader_banner)
    if not found:
        return Finding(Verdict.UNKNOWN, f"glibc's version is not known; the lock wants {node.version}")
    if found[1] == node.version:
        return Finding(Verdict.OK, f"glibc {node.version}")
    return Finding(Verdict.PROBLEM, f"the lock wants glibc {node.version}, and this is {found[1]}", _IMAGE)


_IMAGE = "use the image that the lock was made for: sygaldry image status"


def _compiler(path: str, node: Node, facts: Facts) -> Finding:
    found = facts.compilers.get(path, "")
    if not found:
        return Finding(
            Verdict.PROBLEM, f"{path} is not there; the lock builds with {node.label}", _PACKAGES.get(node.name, _IMAGE)
        )
    if found == node.version:
        return Finding(Verdict.OK, f"{path} is {node.label}")
    return Finding(Verdict.PROBLEM, f"{path} is {node.name} {found}, and the lock wants {node.version}", _IMAGE)


_PACKAGES = {
    "gcc": "apt-get install gcc g++ gfortran in the image's recipe",
    "llvm": "apt-get install clang-18 in the image's recipe",
}


def _prefix(node: Node, facts: Facts) -> Finding:
    if node.prefix in facts.prefixes:
        return Finding(Verdict.OK, f"{node.label} is expected in {node.prefix}, which is there")
    return Finding(Verdict.PROBLEM, f"{node.prefix} is not there; the lock takes {node.label} from it", _IMAGE)


def _cuda(node: Node, facts: Facts) -> Finding:
    if not facts.cuda_version:
        return Finding(Verdict.UNKNOWN, f"{node.prefix}/version.json does not tell CUDA's version", "", node.version)
    if (facts.cuda_version + ".").startswith(node.version + "."):
        return Finding(Verdict.OK, f"CUDA {facts.cuda_version}")
    return Finding(Verdict.PROBLEM, f"CUDA is {facts.cuda_version}, and the lock wants {node.version}", _IMAGE)


def _cudnn(node: Node, facts: Facts) -> Finding:
    words = [
        re.search(rf"#define CUDNN_{word}\s+(\d+)", facts.cudnn_header) for word in ("MAJOR", "MINOR", "PATCHLEVEL")
    ]
    if not all(words):
        return Finding(Verdict.UNKNOWN, f"cudnn_version.h under {node.prefix} was not found", "", node.version)
    found = ".".join(word[1] for word in words if word)
    if (node.version.partition("-")[0] + ".").startswith(found + "."):
        return Finding(Verdict.OK, f"cuDNN {found}")
    return Finding(Verdict.PROBLEM, f"cuDNN is {found}, and the lock wants {node.version}", _IMAGE)


def judge_disk(facts: Facts, expected: int) -> Finding:
    """Compare the free space with what a build will take."""
    if facts.free_bytes is None:
        return Finding(Verdict.UNKNOWN, "the free space of the store's disk is not known")
    free, need = facts.free_bytes / 2**30, expected / 2**30
    if facts.free_bytes >= expected:
        return Finding(Verdict.OK, f"{free:.0f} GiB are free, about {need:.0f} are needed")
    return Finding(
        Verdict.PROBLEM,
        f"the store's disk has too little room: {free:.1f} GiB are free, and about {need:.1f} are needed",
        "free some: sygaldry storage du; or build elsewhere: SYGALDRY_STORAGE_ROOT=/larger/disk",
    )
