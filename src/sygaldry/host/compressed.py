"""Compressed logs: gzip, bzip2, xz and Zstandard, each known by the first bytes of the file."""

from collections.abc import Callable, Iterator
from importlib import import_module
from shlex import quote
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from sygaldry.host.logs import LogFile
from sygaldry.host.spool import pieces, spooled
from sygaldry.model.errors import StorageError, UsageError

if TYPE_CHECKING:
    import subprocess

_ZSTD_COMMAND: Final = ("zstd", "-dcq")


def method(head: bytes) -> Callable[[str, LogFile], LogFile] | None:
    """Return the function that unpacks a file which begins with `head`; None if it is not compressed."""
    return next((unpack for mark, unpack in _METHODS.items() if head.startswith(mark)), None)


def _gzip(name: str, source: LogFile) -> LogFile:
    from gzip import GzipFile

    with source.stream() as packed, GzipFile(fileobj=packed) as plain:
        return spooled(name, pieces(plain), source.size)


def _bzip2(name: str, source: LogFile) -> LogFile:
    from bz2 import BZ2File

    with source.stream() as packed, BZ2File(packed) as plain:
        return spooled(name, pieces(plain), source.size, "bzip2 -dc")


def _xz(name: str, source: LogFile) -> LogFile:
    from lzma import LZMAFile

    with source.stream() as packed, LZMAFile(packed) as plain:
        return spooled(name, pieces(plain), source.size, "xz -dc")


def _zstandard(name: str, source: LogFile) -> LogFile:
    """Use the Python package if it is installed, else the command."""
    try:
        zstandard = import_module("zstandard")
    except ImportError:
        return _zstd_command(name, source)
    try:
        with source.stream() as packed:
            unpacked = zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True)
            return spooled(name, pieces(unpacked), source.size)
    except zstandard.ZstdError as error:
        raise StorageError(f"cannot unpack {name}: {error}", hint="check that the file is complete") from error


def _zstd_command(name: str, source: LogFile) -> LogFile:
    import subprocess  # a plain log does without

    try:
        with (
            source.stream() as packed,
            subprocess.Popen(_ZSTD_COMMAND, stdin=packed, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as command,
        ):
            try:
                return spooled(name, _output(name, command), source.size)
            finally:
                command.kill()
    except FileNotFoundError:
        raise UsageError(
            f"{name} is compressed with Zstandard, and neither the command zstd nor the Python package is installed",
            hint="apt install zstd, or pip install zstandard",
        ) from None


def _output(name: str, command: "subprocess.Popen[bytes]") -> Iterator[bytes]:
    if command.stdout is not None:
        yield from pieces(command.stdout)
    if command.wait():
        hint = f"explain what is left of it: zstd -dc {quote(name)} | sygaldry job explain --log -"
        raise StorageError(f"cannot unpack {name}: the file is truncated or damaged", hint=hint)


_METHODS: Final = MappingProxyType(
    {b"\x1f\x8b": _gzip, b"BZh": _bzip2, b"\xfd7zXZ\x00": _xz, b"\x28\xb5\x2f\xfd": _zstandard}
)
