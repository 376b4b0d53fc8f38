"""Read every file of an image: each layer against its digest, and each file of a Debian package against dpkg's sums."""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final, cast

from sygaldry.flows.image.saved import save_command
from sygaldry.flows.verify.finding import DIFFERS, EQUAL, UNKNOWN, Finding
from sygaldry.flows.verify.image_tree import SUMS, HashedStream, Tree, lay_over
from sygaldry.host.run import run
from sygaldry.image.saved import manifest_of, member_of, opened
from sygaldry.lockfile.lock import LAYERS, ProjectLock
from sygaldry.model.errors import ImageError
from sygaldry.model.progress_note import ProgressNote

_MOST_NAMED: Final = 20
# Folders that are links to their counterparts in /usr, while older packages list them as they were.
_MERGED: Final = ("bin/", "sbin/", "lib/", "lib32/", "lib64/", "libx32/")
# Documentation that a base image leaves out.
_LEFT_OUT: Final = ("usr/share/doc/", "usr/share/man/", "usr/share/locale/", "usr/share/info/", "usr/share/lintian/")
_AUTHOR: Final = "anyone who may use the container engine"
_REMEDY: Final = "sygaldry image build --force; or lock this one: sygaldry lock"


def image_files(
    lock: ProjectLock, root: Path, report_progress: Callable[[str], None], engine: str, name: str
) -> Finding:
    """Compare the files of an image; a layer that is not the locked one is listed with its files."""
    try:
        with TemporaryDirectory(dir=root if root.is_dir() else None, prefix=".verify-") as scratch:
            archive = Path(scratch, "image.tar")
            report_progress(f"saving the image {name}")
            _save(engine, name, archive)
            locked = lock.of("image")[name].facts.get(LAYERS, "").split()
            with archive.open("rb") as file, opened(file) as tar:
                tree, details = _read_layers(tar, locked, report_progress)
    except (ImageError, OSError, tarfile.TarError) as error:
        problem = error.problem if isinstance(error, ImageError) else str(error)
        return Finding("files", name, UNKNOWN, problem, remedy="is there room for it? df -h")
    details += compare(tree, lock)
    if not details:
        return Finding("files", name, EQUAL, f"{len(tree.md5)} files read; those of Debian packages match dpkg's sums")
    summary = f"{len(details)} differences in {len(tree.md5)} files"
    return Finding("files", name, DIFFERS, summary, tuple(details), _REMEDY, _AUTHOR)


def _save(engine: str, name: str, archive: Path) -> None:
    done = run(save_command(engine, name, archive))
    if not done.ok:
        raise ImageError(f"{engine} cannot save it: {done.last_line}")


def _read_layers(
    archive: tarfile.TarFile, locked: list[str], report_progress: Callable[[str], None]
) -> tuple[Tree, list[str]]:
    manifest, config = manifest_of(archive)
    names, wanted = list(manifest["Layers"]), list((config.get("rootfs") or {}).get("diff_ids") or ())
    tree, details = Tree(), list[str]()
    for number, (name, digest) in enumerate(zip(names, wanted, strict=True), 1):
        note = f"reading layer {number} of {len(names)}"
        report_progress(ProgressNote(note, number, len(names), kept=number in (1, len(names))))
        stream = HashedStream(member_of(archive, str(name)))
        with tarfile.open(fileobj=cast("IO[bytes]", stream), mode="r|") as layer:
            paths = list(lay_over(layer, tree))
        stream.drain()
        if f"sha256:{stream.digest.hexdigest()}" != digest:
            details.append(f"layer {number} is damaged: it is not {digest!s:.19}")
        elif locked and str(digest).removeprefix("sha256:") not in locked:
            more = f" and {len(paths) - _MOST_NAMED} more" if len(paths) > _MOST_NAMED else ""
            details.append(f"layer {number} is not a locked one: {' '.join(paths[:_MOST_NAMED])}{more}")
    return tree, details


def compare(tree: Tree, lock: ProjectLock) -> Iterator[str]:
    """Compare each locked package: dpkg's list with the lock, and each file with that list."""
    for full, entry in lock.of("debian").items():
        if "files" not in entry.facts:
            continue
        places = (f"{SUMS}{full}.md5sums", f"{SUMS}{full.partition(':')[0]}.md5sums")
        sums = next((tree.sums[each] for each in places if each in tree.sums), b"")
        if hashlib.sha256(sums).hexdigest() != entry.facts["files"]:
            yield f"{full}: dpkg's list of its files is not the locked one"
            continue
        for line in sums.decode("utf-8", "surrogateescape").splitlines():
            digest, _, path = line.partition("  ")
            if problem := _problem(tree, path, digest):
                yield f"{path} of {full} {problem}"


def _problem(tree: Tree, path: str, digest: str) -> str:
    places = (path, f"usr/{path}") if path.startswith(_MERGED) else (path,)
    found = next((tree.md5[each] for each in places if each in tree.md5), "")
    if found:
        return "" if found == digest else "has another content"
    if path.startswith(_LEFT_OUT):
        return ""
    return "is a link" if any(each in tree.links for each in places) else "is missing"
