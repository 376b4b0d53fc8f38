"""The user of an exported image: not root, with a name and a home."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import IO, Final

from sygaldry.flows.image.oci.packing import SmallFile, packed_files
from sygaldry.image.saved import opened

UID: Final = 1000
USER_STEP: Final = "sygaldry image export: the user kvothe"
_NAME: Final = "kvothe"
_WANTED: Final = ("etc/passwd", "etc/group", "var/lib/dpkg/status", "usr/lib/os-release", "etc/os-release")
_LARGEST: Final = 32 << 20


def small_texts(layers: Iterable[IO[bytes]]) -> dict[str, bytes]:
    """Return the files that describe the system; the last layer that has one decides."""
    found: dict[str, bytes] = {}
    for layer in layers:
        layer.seek(0)
        with opened(layer) as archive:
            for member in archive:
                name = member.name.removeprefix("./")
                if name in _WANTED and member.isreg() and member.size <= _LARGEST:
                    content = archive.extractfile(member)
                    found[name] = content.read() if content else b""
    return found


def user_layer(texts: Mapping[str, bytes]) -> Callable[[IO[bytes]], None]:
    """Return a writer of the layer with the user, unless the image has a user of that id."""
    passwd = _with(texts.get("etc/passwd", b""), f"{_NAME}:x:{UID}:{UID}::/home/{_NAME}:/bin/bash", UID)
    group = _with(texts.get("etc/group", b""), f"{_NAME}:x:{UID}:", UID)
    return packed_files({
        "etc/group": SmallFile(group),
        "etc/passwd": SmallFile(passwd),
        f"home/{_NAME}": SmallFile(None, UID),
        "workspace": SmallFile(None, UID),
    })  # fmt: skip


def _with(text: bytes, line: str, identity: int) -> bytes:
    known = [each.split(b":") for each in text.splitlines()]
    if any(len(each) > 2 and each[2] == str(identity).encode() for each in known):
        return text
    return text.rstrip(b"\n") + b"\n" * bool(text.strip()) + line.encode() + b"\n"
