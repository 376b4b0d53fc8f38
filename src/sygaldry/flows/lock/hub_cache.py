"""Read which revisions of models and datasets a Hugging Face cache has, and the digests of their files.

The layout: https://huggingface.co/docs/huggingface_hub/guides/manage-cache
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sygaldry.lockfile.lock import Entry
from sygaldry.model.errors import NotFoundError, UsageError

_NAME: Final = re.compile(r"(model|dataset):([A-Za-z0-9][\w.-]*(?:/[A-Za-z0-9][\w.-]*)?)")
_REVISION: Final = re.compile(r"[0-9a-f]{40}")
_BLOB: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_MOST_FILES: Final = 20_000


def hub_entry(hub: Path, word: str) -> Entry:
    """Return the entry for `model:NAME` or `dataset:NAME`. Raises UsageError or NotFoundError."""
    folder = repository_folder(hub, word)
    revisions = _revisions(folder)
    if not revisions:
        raise NotFoundError(f"nothing of {word} was downloaded to {hub}", hint=_hint(word))
    revision = _main_revision(folder, revisions)
    facts = {"revision": revision}
    for count, (path, blob) in enumerate(_files(folder / "snapshots" / revision), 1):
        if count > _MOST_FILES:
            raise UsageError(f"{word} has more than {_MOST_FILES} files", hint="it cannot be locked as a whole")
        facts[f"file {path}"] = blob
    return Entry("huggingface", word, facts)


def repository_folder(hub: Path, word: str) -> Path:
    """Return the folder of a repository in the cache. Raises UsageError for a name that is none."""
    found = _NAME.fullmatch(word)
    if found is None:
        raise UsageError(f"{word!r:.100} names no repository", hint="as in model:org/name or dataset:org/name")
    return hub / f"{found[1]}s--{found[2].replace('/', '--')}"


def blob_of(snapshot: Path, path: str) -> str:
    """Return the digest that names the content of a file of a snapshot; empty if it is not there."""
    try:
        return (snapshot / path).readlink().name
    except OSError:
        return ""


def _revisions(folder: Path) -> list[str]:
    snapshots = folder / "snapshots"
    found = snapshots.iterdir() if snapshots.is_dir() else ()
    return sorted(path.name for path in found if _REVISION.fullmatch(path.name))


def _main_revision(folder: Path, revisions: list[str]) -> str:
    """Return the revision that `main` names, or the one that was downloaded last."""
    try:
        named = (folder / "refs" / "main").read_text()[:64].strip()
    except (OSError, UnicodeDecodeError):
        named = ""
    if named in revisions:
        return named
    return max(revisions, key=lambda each: (folder / "snapshots" / each).lstat().st_mtime)


def _files(snapshot: Path) -> Iterator[tuple[str, str]]:
    for folder, _, names in os.walk(snapshot):
        for name in sorted(names):
            path = str(Path(folder, name).relative_to(snapshot))
            blob = blob_of(snapshot, path)
            if _BLOB.fullmatch(blob):
                yield path, blob


def _hint(word: str) -> str:
    kind, _, name = word.partition(":")
    option = f"--model {name}" if kind == "model" else name
    return f"download it first: sygaldry launch --entrypoint hf-download -- {option}"
