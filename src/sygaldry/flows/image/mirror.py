"""Read which packages the mirror of a Debian or Ubuntu release has, verified by its Release file."""

from __future__ import annotations

import lzma
import os
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from hashlib import sha256
from typing import Final

from sygaldry.host import files
from sygaldry.host.run import run, which
from sygaldry.image.base import Archive
from sygaldry.image.debian_index import DebianArchive, read_packages, release_digests
from sygaldry.model.command import Command
from sygaldry.model.errors import ImageError, MachineNotReadyError, NotFoundError

_LARGEST_RELEASE: Final = 4 * 2**20
_LARGEST_INDEX: Final = 64 * 2**20
_LARGEST_TEXT: Final = 512 * 2**20
_KEYRINGS: Final = (
    "/usr/share/keyrings/debian-archive-keyring.gpg",
    "/usr/share/keyrings/ubuntu-archive-keyring.gpg",
)
_ARCHITECTURES: Final = {"x86_64": "amd64", "aarch64": "arm64"}

Fetch = Callable[[str, int], bytes]


def debian_architecture() -> str:
    """Return the name that Debian gives the architecture of this machine."""
    return _ARCHITECTURES.get(os.uname().machine, os.uname().machine)


def mirror_packages(archive: Archive, fetch: Fetch) -> Iterator[tuple[str, DebianArchive]]:
    """Yield each package with the address of its archive.

    Raises ImageError for an index that its Release file does not vouch for, MachineNotReadyError or NotFoundError.
    """
    base = archive.uri.rstrip("/")
    release = f"{base}/dists/{archive.suite}"
    digests = release_digests(_release(release, fetch))
    for component in archive.components:
        folder = f"{component}/binary-{debian_architecture()}"
        name = next((each for each in (f"{folder}/Packages.xz", f"{folder}/Packages.gz") if each in digests), "")
        if not name:
            continue
        body = fetch(f"{release}/{name}", _LARGEST_INDEX)
        if sha256(body).hexdigest() != digests[name]:
            raise ImageError(
                f"{release}/{name} is not what its Release file names", hint="is the mirror being updated? try again"
            )
        for each in read_packages(_unpacked(body, name)):
            yield f"{base}/{each.path}", each


def find_archives(
    wanted: Collection[tuple[str, str]], archives: Iterable[Archive], fetch: Fetch
) -> dict[tuple[str, str], tuple[str, DebianArchive]]:
    """Map the names and versions that a mirror has to the address of their archive and what the index tells of it.

    Raises ImageError, MachineNotReadyError or NotFoundError.
    """
    found: dict[tuple[str, str], tuple[str, DebianArchive]] = {}
    for archive in archives:
        for url, each in mirror_packages(archive, fetch):
            if (each.name, each.version) in wanted and each.architecture in ("all", debian_architecture()):
                found.setdefault((each.name, each.version), (url, each))
    return found


def _release(release: str, fetch: Fetch) -> str:
    """Return the signed Release file; its signature is checked where this machine has gpgv and the archive's keys."""
    try:
        body = fetch(f"{release}/InRelease", _LARGEST_RELEASE)
    except NotFoundError:
        return fetch(f"{release}/Release", _LARGEST_RELEASE).decode("utf-8", "replace")
    text = body.decode("utf-8", "replace")
    keyrings = [each for each in _KEYRINGS if files.read_if_there(each, _LARGEST_RELEASE) is not None]
    if not which("gpgv") or not keyrings:
        return text
    options = [word for each in keyrings for word in ("--keyring", each)]
    # What gpgv prints is what was signed: text around the signed part is not believed.
    done = run(Command(("gpgv", *options, "--output", "-"), input=text))
    if not done.ok:
        raise MachineNotReadyError(
            f"{release}/InRelease has no valid signature: {done.last_line}", hint="does this machine know its keys?"
        )
    return done.out


def _unpacked(body: bytes, name: str) -> str:
    """Decompress an index, to a bounded size."""
    try:
        if name.endswith(".xz"):
            data = lzma.LZMADecompressor().decompress(body, _LARGEST_TEXT)
        else:
            data = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(body, _LARGEST_TEXT)
    except (lzma.LZMAError, zlib.error) as error:
        raise ImageError(f"{name} of the mirror is damaged: {error}", hint="try again") from error
    if len(data) >= _LARGEST_TEXT:
        raise ImageError(f"{name} of the mirror is larger than {_LARGEST_TEXT} bytes", hint="is it the right mirror?")
    return data.decode("utf-8", "replace")
