"""Compare the models and datasets of a lock with the Hugging Face cache of the project."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sygaldry.flows.lock.hub_cache import blob_of, repository_folder
from sygaldry.flows.verify.deep import DeepReader, Digest
from sygaldry.flows.verify.finding import DIFFERS, EQUAL, UNKNOWN, Finding, unreadable
from sygaldry.lockfile.lock import Entry, ProjectLock
from sygaldry.model.storage import Storage

_FILE: Final = "file "
_AUTHOR = "code that ran inside, or you"


def verify_models(storage: Storage, lock: ProjectLock, deep: DeepReader | None) -> Iterator[Finding]:
    """Yield one finding for each repository; with a reader every byte is read."""
    hub = Path(storage.at("hf_cache", "hub"))
    for entry in lock.of("huggingface").values():
        try:
            yield _repository(hub, entry, deep)
        except OSError as error:
            yield unreadable("huggingface", entry.name, error)


def _repository(hub: Path, entry: Entry, deep: DeepReader | None) -> Finding:
    kind, _, name = entry.name.partition(":")
    option = f"--model {name}" if kind == "model" else name
    remedy = f"sygaldry launch --entrypoint hf-download -- {option} --revision {entry.facts['revision']}"
    folder = repository_folder(hub, entry.name)
    snapshot = folder / "snapshots" / entry.facts["revision"]
    if not snapshot.is_dir():
        return Finding("huggingface", entry.name, UNKNOWN, f"revision {snapshot.name:.12} is not here", remedy=remedy)
    wanted = {each.removeprefix(_FILE): blob for each, blob in entry.facts.items() if each.startswith(_FILE)}
    details = []
    for path, blob in wanted.items():
        if problem := _problem(folder, snapshot, path, blob, deep):
            details.append(f"{path} {problem}")
    if details:
        summary = f"{len(details)} of {len(wanted)} files differ"
        return Finding("huggingface", entry.name, DIFFERS, summary, tuple(details), remedy, _AUTHOR)
    how = "byte by byte" if deep else "by name; every byte with --deep"
    return Finding("huggingface", entry.name, EQUAL, f"{len(wanted)} files, {how}")


def _problem(folder: Path, snapshot: Path, path: str, blob: str, deep: DeepReader | None) -> str:
    if ".." in Path(path).parts or Path(path).is_absolute():
        return "leads out of the snapshot"
    if blob_of(snapshot, path) != blob:
        return "is absent, or has another content"
    content = folder / "blobs" / blob
    if not content.is_file():
        return "has lost its content"
    return "" if deep is None or deep.is_right(content, blob, _digest(content)) else "is damaged"


def _digest(path: Path) -> Digest:
    """Hash a file as the Hub does: small ones as git does, large ones by SHA-256."""
    git = hashlib.sha1(f"blob {path.stat().st_size}\0".encode())  # noqa: S324 - git's own hash
    return hashlib.sha256() if len(path.name) == 64 else git
