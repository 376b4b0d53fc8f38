"""Find and load a Spack environment, its store and its Spack: shared by every `env` verb."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sygaldry.config.resolve import Resolved
from sygaldry.host import files, trust
from sygaldry.host.settings import accepts_everything, consent_error
from sygaldry.layout import layout
from sygaldry.model.errors import LockError, NotFoundError, StorageError
from sygaldry.model.storage import FOLDERS
from sygaldry.spack import provenance as origins
from sygaldry.spack.lock import LARGEST_BYTES, Lock, parse_lock
from sygaldry.spack.manifest import Manifest, outward_sections, parse_manifest
from sygaldry.spack.provenance import Provenance, license_of, parse_provenance

INSIDE = FOLDERS["spack_store"]
SOURCE, MANIFEST, LOCK = "spack_src.yaml", "spack.yaml", "spack.lock"


@dataclass(frozen=True)
class Environment:
    """A folder with a manifest and, once locked, a lock; both are read on first use."""

    folder: Path
    spack_root: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def source(self) -> Path:
        """What people edit: spack_src.yaml, or spack.yaml where there is only that."""
        own = self.folder / SOURCE
        return own if own.exists() else self.folder / MANIFEST

    @property
    def lock_path(self) -> Path:
        return self.folder / LOCK

    @cached_property
    def source_text(self) -> str:
        return _text(self.source) or ""

    @cached_property
    def manifest(self) -> Manifest:
        library = str(self.spack_root / "lib" / "spack")
        return parse_manifest(self.source_text, str(self.source), library)

    @cached_property
    def lock(self) -> Lock:
        text = _text(self.lock_path)
        if text is None:
            raise NotFoundError(f"{self.folder} has no {LOCK}", hint=f"make it: sygaldry env lock {self.folder}")
        return parse_lock(text, str(self.lock_path))

    @cached_property
    def provenance(self) -> Provenance | None:
        path = self.folder / origins.FILE
        text = files.read_if_there(path)
        return None if text is None else parse_provenance(text, str(path))


@dataclass(frozen=True)
class Store:
    """A store: where it is here, and what Spack calls it inside the environment."""

    here: Path
    inside: str = INSIDE

    def locate(self, path: str) -> Path:
        """Find a path that Spack wrote down, from here."""
        if path == self.inside or path.startswith(self.inside + "/"):
            return self.here / path[len(self.inside) :].lstrip("/")
        return Path(path)

    @property
    def own(self) -> Path:
        """What Sygaldry keeps in the store: locks, claims, activations, history."""
        return self.here / ".sygaldry"


def load_environment(word: str, resolved: Resolved, workspace: Path, *, needs_consent: bool = True) -> Environment:
    """Find the environment of that folder; the setting says which when none is named."""
    configured = word or resolved.settings.spack_environment
    folder = Path(configured).expanduser()
    if not word and not folder.is_absolute():
        folder = workspace / folder
    if folder.name in (SOURCE, MANIFEST, LOCK):
        folder = folder.parent
    found = Environment(folder.resolve(), Path(resolved.settings.spack_root))
    if not found.source.exists() and not found.lock_path.exists():
        raise NotFoundError(
            f"{folder} is not a Spack environment: it has neither {SOURCE} nor {LOCK}",
            hint="name its folder, as in: sygaldry env status pkg/zephyr",
        )
    if needs_consent:
        require_consent(found, resolved)
    return found


def require_consent(environment: Environment, resolved: Resolved) -> None:
    """Refuse a manifest that names mirrors, code or folders outside of it, until the caller accepts it.

    Raises TrustError. Our own checkout needs no consent: its code runs on this host already.
    """
    path, own = str(environment.source), layout().checkout
    if accepts_everything(resolved) or (own and path.startswith(f"{own}/")) or not environment.source.exists():
        return
    wanted = outward_sections(environment.manifest.content)
    if wanted and not trust.is_trusted(path, environment.source_text):
        raise consent_error(path, tuple(wanted), resolved, str(environment.folder))


def load_lock(word: str, resolved: Resolved, workspace: Path) -> Lock:
    """Load a lock file by its own path, or that of an environment's folder."""
    path = Path(word).expanduser()
    if not path.is_file():
        return load_environment(word, resolved, workspace, needs_consent=False).lock
    return parse_lock(_text(path) or "", str(path))


def find_store(resolved: Resolved, workspace: Path) -> Store:
    """Find the store: where the setting says, at its place inside, or the project's on the host."""
    if configured := resolved.settings.spack_store:
        return Store(Path(configured).expanduser().absolute(), str(Path(configured).expanduser().absolute()))
    if os.environ.get("SYGALDRY_CONTAINER"):
        return Store(Path(INSIDE))
    from sygaldry.flows.storage.project import find_storage

    return Store(find_storage(resolved, workspace).storage.folder / "spack_store")


def spack_version(root: Path) -> str:
    """Read the version of a Spack without starting it; empty if there is none."""
    text = files.read_if_there(root / "lib" / "spack" / "spack" / "__init__.py") if root.is_dir() else None
    found = re.search(r'^__version__ = "([^"]+)"', text or "", re.MULTILINE)
    return found[1] if found else ""


def recipe_folders(environment: Environment, recipes: Path) -> dict[str, Path]:
    """Map each namespace of recipes to its folder of packages."""
    found = {"builtin": recipes / "repos" / "spack_repo" / "builtin" / "packages"}
    repos = environment.manifest.content.get("repos", {})
    named = {str(key): each for key, each in repos.items()} if isinstance(repos, dict) else {}
    base = environment.folder
    return found | {key: base / each / "packages" for key, each in named.items() if isinstance(each, str)}


def recipe_digests(lock: Lock, folders: dict[str, Path]) -> dict[str, str]:
    """Digest the files of every recipe that a lock uses; one that is not there is left out."""
    from hashlib import sha256

    digests = {}
    for name, namespace in sorted({(node.name, str(node.own["namespace"])) for node in lock.nodes.values()}):
        folder = _recipe(folders.get(namespace, Path("/nonexistent")), name)
        if folder.is_dir():
            checksum = sha256()
            for path in sorted(each for each in folder.rglob("*") if each.is_file() and each.suffix != ".pyc"):
                checksum.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
            digests[name] = checksum.hexdigest()
    return digests


def recipe_licenses(lock: Lock, folders: dict[str, Path]) -> dict[str, str]:
    """Read the licence that each recipe declares."""
    found = {}
    for node in lock.nodes.values():
        recipe = _recipe(folders.get(str(node.own["namespace"]), Path("/nonexistent")), node.name) / "package.py"
        if configured := license_of(files.read_if_there(recipe) or ""):
            found[node.name] = configured
    return dict(sorted(found.items()))


def _recipe(packages: Path, name: str) -> Path:
    plain = name.replace("-", "_")
    return packages / (f"_{plain}" if plain[0].isdigit() else plain)


def _text(path: Path) -> str | None:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise LockError(f"{path} exceeds the size limit", hint="is it the right file?")
        return files.read_if_there(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageError(f"cannot read {path}: {error.strerror}", hint=f"whose is it? ls -ld {path}") from error
