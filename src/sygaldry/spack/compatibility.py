"""Compare a machine with a lock: Spack checks none of this and builds regardless."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sygaldry.model.finding import Finding, Verdict
from sygaldry.spack.externals import IMAGE_HINT, Evidence, agrees, judge_external
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
    """Facts about a machine: compilers by their path, prefixes that exist, evidence by the hash of the external."""

    os: str
    machine: str
    flags: frozenset[str] = frozenset()
    loader_banner: str = ""
    compilers: Mapping[str, str] = field(default_factory=dict)
    prefixes: frozenset[str] = frozenset()
    evidence: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)
    free_bytes: int | None = None


def compilers_of(lock: Lock) -> dict[str, Node]:
    """Map the path of every compiler that the lock takes from the machine to its package."""
    found: dict[str, Node] = {}
    for node in lock.externals:
        found |= dict.fromkeys(node.compilers.values(), node)
    return found


def os_of(os_release: str) -> str:
    """Name the OS as Spack does: its ID and VERSION_ID; rolling distributions have only an ID."""
    fields = dict(line.split("=", 1) for line in os_release.splitlines() if "=" in line and not line.startswith("#"))
    return "".join(fields.get(key, "").strip("\"' ") for key in ("ID", "VERSION_ID"))


def judge_machine(lock: Lock, facts: Facts, environment: str) -> tuple[Finding, ...]:
    """Compare fact by fact; what is not ok comes with what to do. `environment` names it there."""
    sample = lock.to_install or lock.externals
    findings = [
        _os(sorted({node.os for node in sample}), facts, environment),
        *(_target(target, facts, environment) for target in sorted({node.target for node in sample})),
        *(_compiler(path, node, facts) for path, node in sorted(compilers_of(lock).items())),
    ]
    return tuple(findings)


def judge_externals(lock: Lock, facts: Facts) -> dict[str, Finding]:
    """Judge each external by its name: proved, wrong, absent or unknown. Compilers are judged by their own paths."""
    compilers = {node.hash for node in compilers_of(lock).values()}
    found: dict[str, Finding] = {}
    for node in lock.externals:
        if node.name == "glibc":
            found[node.name] = _glibc(node, facts)
        elif node.hash not in compilers:
            finding = judge_external(node, facts.evidence.get(node.hash, ()), is_there=node.prefix in facts.prefixes)
            if node.name not in found or finding.verdict is not Verdict.OK:
                found[node.name] = finding
    return found


def _os(expected: list[str], facts: Facts, environment: str) -> Finding:
    if expected == [facts.os]:
        return Finding(Verdict.OK, f"OS {facts.os}")
    return Finding(
        Verdict.PROBLEM,
        f"the lock is for {', '.join(expected)}, and this is {facts.os or 'an unknown OS'}",
        "build in the image: ./container/launch_container.sh --runtime docker --entrypoint spack-build, or lock for "
        f"this OS: sygaldry env lock {environment}",
    )


def _target(expected: str, facts: Facts, environment: str) -> Finding:
    relock = (
        f"set packages:all:require to a target of this machine in its manifest, then: sygaldry env lock {environment}"
    )
    if expected in _LEVELS:
        names = list(_LEVELS)[: list(_LEVELS).index(expected) + 1]
        needed = {flag for name in names for flag in _LEVELS[name].split()}
        if facts.machine != "x86_64":
            return Finding(Verdict.PROBLEM, f"the lock is for {expected}, and this machine is {facts.machine}", relock)
        if lacking := sorted(needed - facts.flags):
            return Finding(Verdict.PROBLEM, f"this CPU lacks {', '.join(lacking)} of {expected}", relock)
        return Finding(Verdict.OK, f"CPU has all of {expected}")
    if expected.startswith(_MACHINES.get(facts.machine, "?")):
        return Finding(Verdict.OK, f"CPU is {facts.machine}")
    return Finding(Verdict.UNKNOWN, f"whether this CPU is a {expected} is not known here", "", facts.machine)


def _glibc(node: Node, facts: Facts) -> Finding:
    found = re.search(r"version (\d+\.\d+)", facts.loader_banner)
    if not found:
        remedy = "accept it unproved: --accept-unknown glibc"
        return Finding(Verdict.UNKNOWN, f"no version of glibc was found; the lock wants {node.version}", remedy)
    if found[1] == node.version:
        return Finding(Verdict.OK, f"glibc {node.version}")
    return Finding(Verdict.PROBLEM, f"the lock wants glibc {node.version}, and this is {found[1]}", IMAGE_HINT)


def _compiler(path: str, node: Node, facts: Facts) -> Finding:
    found = facts.compilers.get(path, "")
    if not found:
        summary = f"{path} is not there or prints no version; the lock builds with {node.label}"
        return Finding(Verdict.PROBLEM, summary, _PACKAGES.get(node.name, IMAGE_HINT))
    if agrees(node.version.partition("-")[0], found):
        return Finding(Verdict.OK, f"{path} is {node.label}")
    return Finding(Verdict.PROBLEM, f"{path} is {node.name} {found}, and the lock wants {node.version}", IMAGE_HINT)


_PACKAGES = {
    "gcc": "apt-get install gcc g++ gfortran in the image's recipe",
    "llvm": "apt-get install clang-18 in the image's recipe",
}


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
