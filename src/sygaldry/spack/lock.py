"""Read spack.lock: checked at the door, because it decides what is installed and may have been edited or cut off."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sygaldry.model.errors import LockError

LOCKFILE_VERSION: Final = 6  # what Spack 1.0 and 1.1 write
LARGEST_BYTES: Final = 64 * 2**20

_HASH = re.compile(r"[a-z2-7]{32}")
_NAME = re.compile(r"[a-z0-9_][a-z0-9_-]{0,99}")
_VERSION = re.compile(r"[A-Za-z0-9_.=+-]{1,100}")


@dataclass(frozen=True)
class Edge:
    """What a package needs of another: `types` are build, link, run, test; `virtuals` the roles it plays."""

    hash: str
    name: str
    types: frozenset[str]
    virtuals: tuple[str, ...] = ()

    @property
    def is_needed_to_run(self) -> bool:
        return bool(self.types & {"link", "run"})


@dataclass(frozen=True)
class Node:
    """One package of the lock. `own` is everything about it but its dependencies."""

    hash: str
    name: str
    version: str
    os: str
    target: str
    edges: tuple[Edge, ...] = ()
    prefix: str = ""
    own: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def is_external(self) -> bool:
        return bool(self.prefix)

    @property
    def label(self) -> str:
        return f"{self.name}@{self.version}"

    @property
    def directory(self) -> str:
        """The name of its folder in the store, as Spack's default projection makes it."""
        return f"{self.name}-{self.version}-{self.hash}"


@dataclass(frozen=True)
class Lock:
    """Every package to install, by hash; `roots` maps what was asked for to its hash."""

    roots: Mapping[str, str]
    nodes: Mapping[str, Node]
    spack: str
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def named(self, name: str) -> tuple[Node, ...]:
        """Find the packages of a name, by version."""
        found = (node for node in self.nodes.values() if node.name == name)
        return tuple(sorted(found, key=lambda node: (node.version, node.hash)))

    @property
    def externals(self) -> tuple[Node, ...]:
        return tuple(sorted((node for node in self.nodes.values() if node.is_external), key=lambda node: node.label))

    @property
    def to_install(self) -> tuple[Node, ...]:
        return tuple(sorted((node for node in self.nodes.values() if not node.is_external), key=lambda node: node.name))


def parse_lock(text: str, path: str) -> Lock:
    """Read and check a lock; raises LockError saying what is wrong with it and what to do."""
    raw = _loaded(text, path)
    _check_format(raw, path)
    try:
        nodes = {key: _node(key, value) for key, value in raw["concrete_specs"].items()}
        roots = {str(root["spec"]): str(root["hash"]) for root in raw["roots"]}
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise _damaged(path, f"{type(error).__name__}: {error}") from error
    lock = Lock(roots, nodes, str(raw.get("spack", {}).get("version", "")), raw)
    _check_edges(lock, path)
    _check_hashes(lock, path)
    return lock


def canonical(lock: Lock) -> str:
    """Digest what a lock says, not how it is written: Spack's order of roots and packages varies from run to run."""
    from hashlib import sha256

    text_of = {"roots": dict(lock.roots), "specs": lock.raw["concrete_specs"]}
    return sha256(json.dumps(text_of, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _loaded(text: str, path: str) -> Mapping[str, Any]:
    if len(text) > LARGEST_BYTES:
        raise _damaged(path, "it is larger than any lock")
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        cut = bool(text.strip()) and not text.rstrip().endswith("}")
        raise _damaged(path, "it ends in the middle" if cut else f"it is not JSON: {error}") from error
    if not isinstance(raw, dict) or raw.get("_meta", {}).get("file-type") != "spack-lockfile":
        raise _damaged(path, "it is not a Spack lock file")
    return raw


def _check_format(raw: Mapping[str, Any], path: str) -> None:
    version = raw["_meta"].get("lockfile-version")
    if version == LOCKFILE_VERSION:
        return
    newer = isinstance(version, int) and version > LOCKFILE_VERSION
    raise LockError(
        f"{path} has lock format {version}, and Spack 1.1 reads format {LOCKFILE_VERSION}"
        + (": it was made by a newer Spack" if newer else ""),
        hint="lock again with the pinned Spack: sygaldry env lock " + (path.rpartition("/")[0] or "."),
    )


def _node(key: str, value: Mapping[str, Any]) -> Node:
    for pattern, word in ((_HASH, key), (_NAME, value["name"]), (_VERSION, value["version"])):
        if not pattern.fullmatch(word):
            raise ValueError(f"{word[:80]!r} is no valid name, version or hash")
    if value["hash"] != key:
        raise ValueError(f"{value['name']} is filed under {key} but says {value['hash']}")
    arch = value["arch"]
    target = arch["target"]
    return Node(
        key,
        value["name"],
        value["version"],
        str(arch["platform_os"]),
        str(target["name"] if isinstance(target, dict) else target),
        tuple(_edge(each) for each in value.get("dependencies", ())),
        str(value["external"]["path"]) if "external" in value else "",
        {name: each for name, each in value.items() if name not in ("dependencies", "hash", "annotations")},
    )


def _edge(value: Mapping[str, Any]) -> Edge:
    parameters = value["parameters"]
    return Edge(
        str(value["hash"]), str(value["name"]), frozenset(parameters["deptypes"]), tuple(parameters["virtuals"])
    )


def _check_edges(lock: Lock, path: str) -> None:
    wanted = {edge.hash: node.name for node in lock.nodes.values() for edge in node.edges}
    wanted |= {hash_: f"root {spec}" for spec, hash_ in lock.roots.items()}
    missing = sorted(set(wanted) - set(lock.nodes))
    if missing:
        raise _damaged(path, f"{wanted[missing[0]]} needs {missing[0]}, which is not in it")
    if not lock.roots:
        raise _damaged(path, "it has no roots")
    if cycle := _cyclic(lock):
        raise _damaged(path, f"{lock.nodes[cycle].name} depends on itself")


def _cyclic(lock: Lock) -> str:
    from graphlib import CycleError, TopologicalSorter

    sorter = TopologicalSorter({key: [edge.hash for edge in node.edges] for key, node in lock.nodes.items()})
    try:
        sorter.prepare()
    except CycleError as error:
        return str(error.args[1][0])
    return ""


def _check_hashes(lock: Lock, path: str) -> None:
    """Compute every hash anew: an edited package no longer has its own. Externals' hashes cannot be computed."""
    for key, node in lock.nodes.items():
        if not node.is_external and dag_hash(lock.raw["concrete_specs"][key]) != key:
            raise LockError(
                f"{path} was edited by hand: {node.label} is not what its hash {key[:7]} says",
                hint="restore the committed one: git checkout -- spack.lock; or lock again: sygaldry env lock",
            )


def dag_hash(value: Mapping[str, Any]) -> str:
    """Compute the hash of a package as Spack does: base32 of the SHA-1 of its JSON, in the order it is written."""
    from base64 import b32encode
    from hashlib import sha1

    text_of = json.dumps({name: each for name, each in value.items() if name != "hash"}, separators=(",", ":"))
    return b32encode(sha1(text_of.encode(), usedforsecurity=False).digest()).decode().lower()


def _damaged(path: str, why: str) -> LockError:
    return LockError(
        f"{path} is damaged: {why}",
        hint="restore the committed one: git checkout -- spack.lock; or lock again: sygaldry env lock",
    )
