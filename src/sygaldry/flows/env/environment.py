"""Find and load a Spack environment, its store and its Spack: shared by every `env` verb."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from shlex import quote
from typing import Any

from sygaldry.config.resolve import Resolved
from sygaldry.flows.env.includes import read_includes
from sygaldry.host import files, trust
from sygaldry.host.settings import accepts_everything, consent_error
from sygaldry.layout import layout
from sygaldry.model.errors import LockError, NotFoundError, StorageError
from sygaldry.model.storage import FOLDERS
from sygaldry.spack import provenance as origins
from sygaldry.spack.lock import LARGEST_BYTES, Lock, parse_lock
from sygaldry.spack.manifest import Included, Manifest, manifest_content, outward_sections, parse_manifest
from sygaldry.spack.provenance import Provenance, parse_provenance

INSIDE = FOLDERS["spack_store"]
SOURCE, MANIFEST, LOCK = "spack_src.yaml", "spack.yaml", "spack.lock"


@dataclass(frozen=True)
class Environment:
    """A folder with a manifest and, once locked, a lock; both are read on first use."""

    folder: Path
    spack_root: Path
    lock_file: str = LOCK  # another name where a lock was named by its own path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def argument(self) -> str:
        """What names it on a command line that a hint gives."""
        return quote(str(self.folder))

    @property
    def source(self) -> Path:
        """What people edit: spack_src.yaml, or spack.yaml where there is only that."""
        own = self.folder / SOURCE
        return own if own.exists() else self.folder / MANIFEST

    @property
    def lock_path(self) -> Path:
        return self.folder / self.lock_file

    @property
    def has_source(self) -> bool:
        """Whether there is a manifest; a lock alone can be read, compared and installed, too."""
        return self.source.exists()

    @property
    def build_command(self) -> str:
        """What to type to install it, here."""
        if (self.folder / "build.sh").exists():
            return f"cd {self.argument} && ./build.sh"
        return f"sygaldry env build {self.argument}"

    @property
    def trust_command(self) -> str:
        """What to type to trust the keys of its mirrors."""
        return f"sygaldry env cache keys {self.argument} --trust"

    def locate(self, path: str) -> Path | None:
        """Find a path of the manifest from here; None where it depends on Spack's own variables."""
        text = path.replace("$env", str(self.folder)) if path.startswith("$env") else path
        return None if text.startswith("$") else self.folder / files.expand_home(text)

    def view_link(self, store: Store, name: str = "") -> Path | None:
        """Find the link of the default view, or of another one; None if there is none that can be found from here."""
        root = self.manifest.views.get(name, "") if name else self.manifest.view
        path = self.locate(root) if root else None
        return None if path is None else store.locate(str(path))

    @cached_property
    def source_text(self) -> str:
        return _text(self.source) or ""

    @cached_property
    def whole_text(self) -> str:
        """The manifest and the files that it includes: a change in one of them is a change of the environment."""
        return "\0".join((self.source_text, *self._included.texts))

    @property
    def source_digest(self) -> str:
        return origins.digest(self.whole_text)

    @cached_property
    def manifest(self) -> Manifest:
        if not self.has_source:
            return Manifest((), {"view": False})
        return parse_manifest(self.source_text, str(self.source), self._library, self._included)

    @cached_property
    def _included(self) -> Included:
        return read_includes(self._content, self.folder, self._library) if self.has_source else Included()

    @property
    def _content(self) -> Mapping[str, Any]:
        return manifest_content(self.source_text, str(self.source), self._library)

    @property
    def _library(self) -> str:
        return str(self.spack_root / "lib" / "spack")

    @cached_property
    def lock(self) -> Lock:
        text = _text(self.lock_path)
        if text is None:
            raise NotFoundError(
                f"{self.folder} has no {self.lock_file}", hint=f"make it: sygaldry env lock {self.argument}"
            )
        return parse_lock(text, str(self.lock_path))

    @cached_property
    def provenance(self) -> Provenance | None:
        path = self.folder / origins.FILE
        text = files.read_if_there(path) if self.lock_file == LOCK else None
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
    folder = Path(files.expand_home(configured))
    if not word and not folder.is_absolute():
        folder = workspace / folder
    root = Path(resolved.settings.spack_root)
    named = root / "var" / "spack" / "environments" / configured
    if "/" not in configured and not folder.exists() and named.is_dir():  # as in `spack -e NAME`
        folder = named
    lock_file = LOCK
    if folder.is_file() or folder.name in (SOURCE, MANIFEST, LOCK):
        lock_file = LOCK if folder.name in (SOURCE, MANIFEST) else folder.name
        folder = folder.parent
    found = Environment(folder.resolve(), root, lock_file)
    if not found.source.exists() and not found.lock_path.exists():
        raise NotFoundError(
            f"{folder} is not a Spack environment: it has neither {SOURCE} nor {MANIFEST} nor {LOCK}",
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
    if wanted and not trust.is_trusted(path, environment.whole_text):
        raise consent_error(path, tuple(wanted), resolved, str(environment.folder))


def load_lock(word: str, resolved: Resolved, workspace: Path) -> Lock:
    """Load a lock file by its own path, or that of an environment's folder."""
    path = Path(files.expand_home(word))
    if not path.is_file():
        return load_environment(word, resolved, workspace, needs_consent=False).lock
    return parse_lock(_text(path) or "", str(path))


def find_store(resolved: Resolved, workspace: Path) -> Store:
    """Find the store: where the setting says, at its place inside, or the project's on the host."""
    if configured := resolved.settings.spack_store:
        folder = Path(files.expand_home(configured)).absolute()
        return Store(folder, str(folder))
    if os.environ.get("SYGALDRY_CONTAINER"):
        return Store(Path(INSIDE))
    from sygaldry.flows.storage.project import find_storage

    return Store(find_storage(resolved, workspace).storage.folder / "spack_store")


def bundled_mirror(store: Store) -> Path:
    """Return where `bundle apply` puts a build cache and sources: a mirror that every build of this store asks."""
    return store.own / "bundle"


def spack_version(root: Path) -> str:
    """Read the version of a Spack without starting it; empty if there is none."""
    text = files.read_if_there(root / "lib" / "spack" / "spack" / "__init__.py") if root.is_dir() else None
    found = re.search(r'^__version__ = "([^"]+)"', text or "", re.MULTILINE)
    return found[1] if found else ""


def _text(path: Path) -> str | None:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise LockError(f"{path} exceeds the size limit", hint="is it the right file?")
        return files.read_if_there(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageError(f"cannot read {path}: {error.strerror}", hint=f"whose is it? ls -ld {path}") from error
