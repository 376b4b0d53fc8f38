"""The build context, arranged so that every builder creates the same layers.

A builder gives the folders above a copied file the time of the build, and BuildKit those of a copied tree, too. Only
an archive keeps all times. So each COPY of the Dockerfile becomes an ADD of an archive, which builders unpack.
"""

from __future__ import annotations

import re
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from sygaldry.image.recipe import EPOCH

_COPY: Final = re.compile(r"^COPY (?P<sources>[^-\s].*) (?P<target>/\S*/)$", re.MULTILINE)
# BuildKit creates and removes the first two for each step if they are absent, which changes the time of /etc; WORKDIR
# would create the third one now.
_FIRST: Final = {"etc/hosts": b"127.0.0.1\tlocalhost\n::1\tlocalhost\n", "etc/resolv.conf": b"", "workspace/": b""}


@dataclass(frozen=True)
class Context:
    """A Dockerfile, and the content of each file beside it."""

    dockerfile: str
    files: Mapping[str, bytes]


def arranged(dockerfile: str, sources: Mapping[str, bytes]) -> Context:
    """Return the context in which each COPY is the unpacking of an archive."""
    archives: dict[str, bytes] = {}

    def archive(found: re.Match[str]) -> str:
        name = f"step-{len(archives):02}.tar"
        target = found["target"].strip("/")
        contents = {f"{target}/{each.rpartition('/')[2]}": sources[each] for each in found["sources"].split()}
        archives[name] = packed(contents if archives else {**_FIRST, **contents})
        return f"ADD {name} /"

    text = _COPY.sub(archive, dockerfile)
    return Context(text, archives)


def packed(contents: Mapping[str, bytes]) -> bytes:
    """Pack files and folders into an archive that depends on nothing else; the name of a folder ends in a slash."""
    folders = {
        "/".join(parts[:count]) for name in contents for parts in (name.split("/"),) for count in range(1, len(parts))
    }
    buffer = BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in sorted({*folders, *(each for each in contents if not each.endswith("/"))}):
            member = tarfile.TarInfo(name)
            member.mtime = EPOCH
            if name in folders:
                member.type, member.mode = tarfile.DIRTYPE, 0o755
                archive.addfile(member)
            else:
                member.size, member.mode = len(contents[name]), 0o644
                archive.addfile(member, BytesIO(contents[name]))
    return buffer.getvalue()
