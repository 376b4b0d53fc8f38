"""The conversion of an image into a SIF file for Apptainer.

https://apptainer.org/docs/user/latest/docker_and_oci.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sygaldry.image import pull
from sygaldry.image.key import fingerprint
from sygaldry.image.names import is_digest, is_loopback, registry_of, repository_of, tag_of
from sygaldry.model.command import Command
from sygaldry.model.value import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER: Final = "sif_cache"
COMPRESSING: Final = "compressing"
_STEPS: Final = (("Creating SIF file", COMPRESSING), ("Extracting OCI image", "unpacking"))
# The first pattern that matches any line of the output is the cause.
_CAUSES: Final = (
    (
        "no space left",
        "the disk is full",
        "conversions need three times the size of the image: SYGALDRY_STORAGE_ROOT=/larger",
    ),
    (
        "mksquashfs.*(?:not found|executable file)",
        "mksquashfs is missing",
        "install it: sudo apt-get install squashfs-tools",
    ),
)
_ARCHIVES: Final = {"docker": "docker-archive", "oci": "oci-archive"}


@dataclass(frozen=True)
class SifSource:
    """Where an image comes from, and the key of its SIF file in the cache.

    `engine` is docker or podman if an engine has the image; `archive` is a file of it; otherwise a registry has it,
    under `digest`, as far as it tells. `architecture` is empty where it is unknown, or chosen by Apptainer.
    """

    name: str
    key: str
    engine: str = ""
    archive: str = ""
    digest: str = ""
    architecture: str = ""

    @property
    def needs_saving(self) -> bool:
        """Whether an engine writes an archive first: Apptainer reads only Docker's daemon, and only by tag."""
        return self.engine == "podman" or (bool(self.engine) and is_digest(self.name))


def registry_source(name: str, digest: str = "", architecture: str = "") -> SifSource:
    """Return the source of an image in a registry; its key is the digest, or the name where the digest is unknown."""
    known = digest or name.partition("@")[2]
    if is_digest(f"@{known}"):
        return SifSource(name, f"digest-{known.partition(':')[2][:32]}", digest=known, architecture=architecture)
    return SifSource(name, f"name-{fingerprint(name.encode())[:32]}")


def archive_source(path: str, digest: str) -> SifSource:
    """Return the source of an archive that `docker save` or an OCI tool wrote; its key is its content."""
    return SifSource(path, f"archive-{digest[:32]}", archive=path)


def save_command(source: SifSource, target: str) -> Command:
    """Format the export of an image from an engine into an archive."""
    form = ("--format", "docker-archive") if source.engine == "podman" else ()
    return Command((source.engine, "save", *form, "--output", target, source.name))


def convert_command(  # noqa: PLR0913 - each argument is one part of the command
    apptainer: str, source: SifSource, target: str, *, archive: str, temporary: str, authfile: str
) -> Command:
    """Format the conversion. Its temporary files are on the disk of the storage: /tmp is often too small."""
    own = source.engine or source.archive
    options = ("--no-https",) if not own and is_loopback(source.name) else ()
    login = ("--authfile", authfile) if not own and authfile else ()
    return Command((
        "env", f"APPTAINER_TMPDIR={temporary}",
        apptainer, "build", "--force", *options, *login, target, _reference(source, archive),
    ))  # fmt: skip


def step(text: str) -> str:
    """Return the step of a conversion that the end of its output shows."""
    return next((name for sign, name in _STEPS if sign in text), "reading the image")


def failure_cause(lines: Iterable[str], source: SifSource, architecture: str) -> tuple[str, str]:
    """Return why a conversion failed, and a hint."""
    kept = [line.strip() for line in lines if line.strip()]
    text = "\n".join(kept)
    for pattern, cause, hint in _CAUSES:
        if re.search(pattern, text, re.IGNORECASE):
            return cause, hint
    messages = [line for line in kept if line.startswith(("FATAL:", "ERROR:"))]
    if not source.engine and not source.archive:
        return pull.failure_cause(messages or kept[-1:], "apptainer", source.name, architecture)
    return ((messages or kept or ["no message"])[-1][:300], "")


def _reference(source: SifSource, archive: str) -> str:
    if source.needs_saving:
        return f"docker-archive:{archive}"
    if source.archive:
        return f"{archive_kind(source.archive)}:{source.archive}"
    if source.engine:
        return f"docker-daemon:{_tagged(source.name)}"
    if source.digest:
        return f"docker://{registry_of(source.name)}/{repository_of(source.name)}@{source.digest}"
    return f"docker://{source.name}"


def archive_kind(path: str) -> str:
    """Return the transport of an archive by its name: .oci.tar and -oci.tar are OCI, everything else is Docker's."""
    return _ARCHIVES["oci" if path.endswith(("oci.tar", ".oci")) else "docker"]


def _tagged(name: str) -> str:
    return name if tag_of(name) else f"{name}:latest"
