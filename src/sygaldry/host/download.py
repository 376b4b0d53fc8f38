"""Read a large file from an HTTP server or a folder: into a file, or only for its digest. Bounded in size."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO, Final

from sygaldry.model.errors import MachineNotReadyError, NotFoundError, StorageError

if TYPE_CHECKING:
    from pathlib import Path

_TIMEOUT_S: Final = 60.0  # of one read
_PIECE_BYTES: Final = 2**20
_LARGEST_BYTES: Final = 8 * 2**30


def digest_of(url: str) -> str:
    """Return the SHA-256 of what an address serves. Raises NotFoundError or MachineNotReadyError."""
    return _read(url, None)


def download(url: str, target: Path, expected: str = "") -> str:
    """Write what an address serves to a file and return its SHA-256; nothing stays of one with another digest.

    Raises NotFoundError, MachineNotReadyError, or StorageError when the disk is full.
    """
    draft = target.with_name(f".{target.name}.draft")
    try:
        found = _read(url, draft)
        if expected and found != expected:
            raise MachineNotReadyError(
                f"{url} has the SHA-256 {found:.12}..., not {expected:.12}...", hint="the mirror has another file"
            )
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return found


def _read(url: str, target: Path | None) -> str:
    from http.client import HTTPException
    from urllib.error import HTTPError, URLError
    from urllib.request import Request, urlopen

    if not url.startswith(("http://", "https://", "file:///")):
        raise MachineNotReadyError(f"{url} is not an http, https or file address")
    digest, size = sha256(), 0
    try:
        with urlopen(Request(url), timeout=_TIMEOUT_S) as answer:  # noqa: S310 - checked above
            file = None if target is None else _open(target)
            try:
                while piece := answer.read(_PIECE_BYTES):
                    digest.update(piece)
                    size += len(piece)
                    if size > _LARGEST_BYTES:
                        raise MachineNotReadyError(f"{url} is larger than {_LARGEST_BYTES} bytes")
                    if file is not None:
                        _write(file, piece)
                if answer.length:
                    raise MachineNotReadyError(f"{url} ended its answer early", hint="try again")
            finally:
                if file is not None:
                    file.close()
    except HTTPError as error:
        error.close()
        kind = NotFoundError if error.code in (404, 410) else MachineNotReadyError
        raise kind(f"{url} answered {error.code} {error.reason}") from error
    except (URLError, HTTPException, OSError) as error:
        reason = getattr(error, "reason", "") or str(error)
        if isinstance(reason, FileNotFoundError):
            raise NotFoundError(f"{url} does not exist") from error
        raise MachineNotReadyError(f"{url} cannot be read: {reason}", hint="is the address right?") from error
    return digest.hexdigest()


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("wb")
    except OSError as error:
        raise StorageError(f"cannot write {path}: {error.strerror}", hint="is the disk full?") from error


def _write(file: BinaryIO, piece: bytes) -> None:
    try:
        file.write(piece)
    except OSError as error:
        raise StorageError(f"cannot write {file.name}: {error.strerror}", hint="is the disk full?") from error
