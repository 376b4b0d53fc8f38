"""A mirror of sources for a site without internet: its contents, Spack's summary, and what it cannot cover."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from sygaldry.spack.lock import Lock, Node

# What builds with one of these fetches more on its own, from where Spack does not look: no mirror of sources has it.
_FETCHERS: Final = {"bazel": "Bazel", "rust": "Cargo", "cargo": "Cargo", "go": "Go", "npm": "npm", "yarn": "Yarn"}

_ENDING = r"(?:\.(?:tar|tgz|tbz2|zip|whl|git|jar|gz|bz2|xz|sh|run)\b.*)?"
_ADDING = re.compile(r"^==> Adding package (\S+)@(\S+) to mirror$", re.MULTILINE)
_FAILED = re.compile(r"^==> Warning: Error while fetching (\S+)@(\S+)\n((?:[ \t]+\S.*\n?)*)", re.MULTILINE)
_COUNTS = re.compile(r"^ +(\d+) +(already present|added|failed to fetch)", re.MULTILINE)


@dataclass(frozen=True)
class SourcePlan:
    """Whose sources go into a mirror. `uncovered` fetch more while they build, by what does it."""

    wanted: tuple[str, ...]
    there: tuple[str, ...]
    uncovered: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class MirrorSummary:
    """Spack's summary of a mirror: counts of packages and the reasons of failures."""

    present: int = 0
    added: int = 0
    failed: Mapping[str, str] = field(default_factory=dict)


def source_plan(lock: Lock, there: Collection[str]) -> SourcePlan:
    """Plan a mirror for exactly the packages of a lock that Spack builds; `there` names what it has already."""
    labels = sorted({node.label for node in lock.to_install})
    return SourcePlan(
        tuple(labels),
        tuple(label for label in labels if label in there),
        {node.label: tool for node in lock.to_install if (tool := _fetcher(lock, node))},
    )


def label_of(folder: str, file_name: str) -> str:
    """Read which package a file of a mirror is for; patches and parts have names of their own, and give none."""
    found = re.fullmatch(rf"{re.escape(folder)}-(.+?){_ENDING}", file_name)
    return f"{folder}@{found[1]}" if found else ""


def started_packages(output: str) -> tuple[str, ...]:
    """List the packages that Spack has begun to fetch."""
    return tuple(f"{name}@{version}" for name, version in _ADDING.findall(output))


def parse_mirror_summary(output: str) -> MirrorSummary:
    """Read Spack's summary of a mirror."""
    counts = {word: int(number) for number, word in _COUNTS.findall(output)}
    failed = {f"{name}@{version}": _reason(why) for name, version, why in _FAILED.findall(output)}
    return MirrorSummary(counts.get("already present", 0), counts.get("added", 0), failed)


def _reason(text: str) -> str:
    """Keep each address and its answer; the list itself shows that all failed."""
    lines = [" ".join(line.split()) for line in text.splitlines() if "All fetchers failed" not in line]
    return "; ".join(filter(None, lines))[:400] or "Spack did not say why"


def _fetcher(lock: Lock, node: Node) -> str:
    if node.name in _FETCHERS:  # a compiler comes with what it needs
        return ""
    tools = {_FETCHERS.get(edge.name, "") for edge in node.edges if "build" in edge.types and edge.hash in lock.nodes}
    return ", ".join(sorted(filter(None, tools)))
