"""Read and validate spack.lock: it decides what is installed, and may have been edited or truncated."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from shlex import quote
from typing import Any, Final

from sygaldry.model.document import check_document
from sygaldry.model.errors import LockError
from sygaldry.model.json_text import parse_json
from sygaldry.spack import lock_formats
from sygaldry.spack.lock_formats import Entry
from sygaldry.spack.provenance import SPACK_VERSION

LARGEST_BYTES: Final = 32 * 2**20
_MOST_PACKAGES: Final = 10_000  # the largest public ones have two thousand
_MOST_EDGES: Final = 200_000

_HASH = re.compile(r"[a-z2-7]{32}")
_NAME = re.compile(r"[a-z0-9_][a-z0-9_-]{0,99}")
_VERSION = re.compile(r"[A-Za-z0-9_.=+/-]{1,100}")  # a branch, as in git.feature/x=1.2, has a slash
_PATH = re.compile(r"/[^\x00-\x1f\x7f]{0,1023}")
_SPACK = re.compile(r"[ -~]{0,100}")


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
    def compilers(self) -> Mapping[str, str]:
        """The paths of an external compiler by language; empty for everything else."""
        attributes = (self.own.get("external") or {}).get("extra_attributes") or {}
        found: Mapping[str, str] = attributes.get("compilers") or {}
        return found

    @property
    def namespace(self) -> str:
        """The repository of its recipe; the oldest locks do not say."""
        return str(self.own.get("namespace") or "builtin")

    @property
    def label(self) -> str:
        return f"{self.name}@{self.version}"

    @property
    def directory(self) -> str:
        """The name of its folder in the store, as Spack's default projection makes it."""
        return f"{self.name}-{self.version.replace('/', '_')}-{self.hash}"


@dataclass(frozen=True)
class Lock:
    """Every package to install, by hash; `roots` maps what was requested to its hash."""

    roots: Mapping[str, str]
    nodes: Mapping[str, Node]
    spack: str
    format: int = lock_formats.NEWEST
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def required_spack(self) -> str:
        """The Spack that installs it: the pinned one reads the locks of older ones; a newer lock needs its own."""
        return self.spack if _numbers(self.spack) > _numbers(SPACK_VERSION) else SPACK_VERSION

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
    """Read and check a lock of any format; raises LockError saying what is wrong with it and what to do."""
    raw = _loaded(text, path)
    version = _check_format(raw, path)
    try:
        check_document(raw)
        entries = lock_formats.entries(raw)
        requested = list(lock_formats.roots(raw))
        _check_size(entries)
        _check_edges(entries, requested, path)
        hashes = lock_formats.store_hashes(entries, [key for _, key in requested])
        nodes = _nodes(entries, hashes, version)
        roots = _roots((spec, hashes[key]) for spec, key in requested)
        made_by = str((raw.get("spack") or {}).get("version", ""))
        _check_format_of((_SPACK, made_by))
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
        raise _damaged(path, _reason(error)) from error
    lock = Lock(roots, nodes, made_by, version, raw)
    if cycle := _cyclic(lock):
        raise _damaged(path, f"{lock.nodes[cycle].name} depends on itself")
    _check_hashes(lock, path)
    return lock


def canonical(lock: Lock) -> str:
    """Digest what a lock says, not how it is written: Spack's order of roots and packages varies from run to run."""
    from hashlib import sha256

    text_of = {"roots": dict(lock.roots), "specs": lock.raw["concrete_specs"]}
    return sha256(json.dumps(text_of, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _roots(requested: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Map what was requested to its hash; included environments may request the same and have other packages."""
    found: dict[str, str] = {}
    for spec, key in requested:
        found[spec if found.get(spec, key) == key else f"{spec} /{key}"] = key
    return found


def _loaded(text: str, path: str) -> Mapping[str, Any]:
    if len(text) > LARGEST_BYTES:
        raise _damaged(path, "it is larger than any lock")
    try:
        raw: Mapping[str, Any] = parse_json(text)
    except ValueError as error:
        if text.startswith("version https://git-lfs"):
            hint = "fetch it: git lfs pull"
            raise LockError(f"{path} is a pointer of Git LFS, not the lock itself", hint=hint) from error
        cut = text.lstrip().startswith("{") and not text.rstrip().endswith("}")
        raise _damaged(path, "it ends in the middle" if cut else f"it is not JSON: {error}") from error
    meta = raw.get("_meta") if isinstance(raw, dict) else None
    if not isinstance(meta, dict) or meta.get("file-type") != "spack-lockfile":
        raise _damaged(path, "it is not a Spack lock file")
    return raw


def _check_format(raw: Mapping[str, Any], path: str) -> int:
    version = raw["_meta"].get("lockfile-version")
    if type(version) is not int:  # true is no 1
        raise _damaged(path, "its lockfile-version is not a whole number")
    if version in lock_formats.FORMATS:
        return version
    newer = version > lock_formats.NEWEST
    raise LockError(
        f"{path} has lock format {version}, and Spack 1.1 reads formats 1 to {lock_formats.NEWEST}"
        + (": it was made by a newer Spack" if newer else ""),
        hint=f"lock again with the pinned Spack: sygaldry env lock {quote(path.rpartition('/')[0] or '.')}",
    )


def _nodes(entries: Mapping[str, Entry], reached: Mapping[str, str], version: int) -> dict[str, Node]:
    """Build the packages by their hash in the store; of several with one hash, the first one from the roots counts."""
    hashes = {key: entry.hash for key, entry in entries.items()}
    first = {hash_: key for key, hash_ in reversed(list(reached.items()))}
    found: dict[str, Node] = {}
    for key, entry in entries.items():
        if version >= lock_formats.KEYED_BY_HASH and key != entry.hash:
            raise ValueError(f"{entry.name} is filed under {key} but has the hash {entry.hash}")
        if first.get(entry.hash, key) == key and entry.hash not in found:
            found[entry.hash] = _node(key, entry, hashes)
    return found


def _node(key: str, entry: Entry, hashes: Mapping[str, str]) -> Node:
    value = entry.fields
    _check_format_of((_HASH, key), (_HASH, entry.hash), (_NAME, entry.name), (_VERSION, str(value["version"])))
    arch = value["arch"]
    target = arch["target"]
    return Node(
        entry.hash,
        entry.name,
        str(value["version"]),
        str(arch["platform_os"]),
        str(target["name"] if isinstance(target, dict) else target),
        tuple(Edge(hashes[each.key], each.name, frozenset(each.types), each.virtuals) for each in entry.dependencies),
        _prefix(value.get("external")),
        {name: each for name, each in value.items() if name not in ("dependencies", "hash", "annotations")},
    )


def _prefix(external: Mapping[str, Any] | None) -> str:
    """Return where an external is; one that only a module provides has no path."""
    if not external:
        return ""
    path = external.get("path")
    compilers = (external.get("extra_attributes") or {}).get("compilers") or {}
    _check_format_of(*((_PATH, each) for each in (path, *compilers.values()) if each is not None))
    return str(path or f"module {external.get('module')}")


def _check_format_of(*words: tuple[re.Pattern[str], Any]) -> None:
    for pattern, word in words:
        if not pattern.fullmatch(word):
            raise ValueError(f"{word[:80]!r} is not a valid name, version, path or hash")


def _check_size(entries: Mapping[str, Entry]) -> None:
    """Raise for a lock that no Spack made, before anything is computed for each package or edge of it."""
    if len(entries) > _MOST_PACKAGES:
        raise ValueError(f"it has {len(entries)} packages, and more than {_MOST_PACKAGES} are not read")
    if (edges := sum(len(each.dependencies) for each in entries.values())) > _MOST_EDGES:
        raise ValueError(f"it has {edges} dependencies, and more than {_MOST_EDGES} are not read")


def _check_edges(entries: Mapping[str, Entry], requested: list[tuple[str, str]], path: str) -> None:
    wanted = {each.key: entry.name for entry in entries.values() for each in entry.dependencies}
    wanted |= {key: f"root {spec}" for spec, key in requested}
    missing = sorted(set(wanted) - set(entries))
    if missing:
        raise _damaged(path, f"{wanted[missing[0]]} needs {missing[0]}, which is not in it")
    if not requested:
        raise _damaged(path, "it has no roots")


def _cyclic(lock: Lock) -> str:
    from graphlib import CycleError, TopologicalSorter

    sorter = TopologicalSorter({key: [edge.hash for edge in node.edges] for key, node in lock.nodes.items()})
    try:
        sorter.prepare()
    except CycleError as error:
        return str(error.args[1][0])
    return ""


def _check_hashes(lock: Lock, path: str) -> None:
    """Recompute every hash: an edited package no longer matches its own.

    It cannot be done for externals, for spliced packages, nor for formats whose hash covers other fields.
    """
    if lock.format < lock_formats.NEWEST:
        return
    specs = lock.raw["concrete_specs"]
    for key, node in lock.nodes.items():
        if node.is_external or key not in specs or "build_spec" in node.own:
            continue
        if dag_hash(specs[key]) != key:
            raise LockError(
                f"{path} is not as Spack wrote it: {node.label} does not match its hash {key[:7]}",
                hint=_restore_hint(path),
            )


def dag_hash(value: Mapping[str, Any]) -> str:
    """Compute the hash of a package as Spack does: base32 of the SHA-1 of its JSON, in the order it is written."""
    from base64 import b32encode
    from hashlib import sha1

    text_of = json.dumps({name: each for name, each in value.items() if name != "hash"}, separators=(",", ":"))
    return b32encode(sha1(text_of.encode(), usedforsecurity=False).digest()).decode().lower()


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(each) for each in re.findall(r"\d{1,9}", version.partition("-")[0])[:3])


def _reason(error: Exception) -> str:
    """Describe what was met: our own checks raise ValueError with a sentence."""
    if isinstance(error, KeyError):
        return f"a package or the lock lacks {error}"
    return str(error) if isinstance(error, ValueError) else f"a value has an unexpected type ({error})"


def _restore_hint(path: str) -> str:
    folder, _, name = path.rpartition("/")
    where = quote(folder or ".")
    return (
        f"restore the committed one: git -C {where} checkout -- {quote(name)}; or lock again: sygaldry env lock {where}"
    )


def _damaged(path: str, why: str) -> LockError:
    return LockError(
        f"{path} is damaged: {why}",
        hint=_restore_hint(path),
    )
