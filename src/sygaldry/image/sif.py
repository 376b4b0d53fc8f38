"""The conversion of an image into a SIF file for Apptainer.

https://apptainer.org/docs/user/latest/docker_and_oci.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sygaldry.image.key import fingerprint
from sygaldry.image.names import is_digest, is_loopback
from sygaldry.model.command import Command
from sygaldry.model.value import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER: Final = "sif_cache"
_ARCHIVES: Final = {"docker": "docker-archive", "oci": "oci-archive"}


@dataclass(frozen=True)
class SifSource:
    """Where an image comes from, and the key of its SIF file in the cache.

    `engine` is docker or podman if an engine has the image; `archive` is a file of it; otherwise a registry has it.
    """

    name: str
    key: str
    engine: str = ""
    archive: str = ""

    @property
    def needs_saving(self) -> bool:
        """Whether an engine writes an archive first: Apptainer reads only Docker's daemon, and only by tag."""
        return self.engine == "podman" or (bool(self.engine) and is_digest(self.name))


def registry_source(name: str) -> SifSource:
    """Return the source of an image that no engine on this host has; its key is the name until it is pulled."""
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


def failure_cause(lines: Iterable[str]) -> tuple[str, str]:
    """Return why a conversion failed, and a hint."""
    kept = [line.strip() for line in lines if line.strip()]
    text = "\n".join(kept).lower()
    if "no space left" in text:
        return "the disk is full", "conversions need three times the size of the image: SYGALDRY_STORAGE_ROOT=/larger"
    if "mksquashfs" in text and ("not found" in text or "executable file" in text):
        return "mksquashfs is missing", "install it: sudo apt-get install squashfs-tools"
    if "unauthorized" in text or "authentication required" in text or "denied" in text:
        return (
            "the registry refused the credentials, or needs some",
            "log in: apptainer registry login docker://REGISTRY",
        )
    fatal = [line for line in kept if line.startswith(("FATAL:", "ERROR:"))]
    return ((fatal or kept or ["no message"])[-1][:300], "")


def _reference(source: SifSource, archive: str) -> str:
    if source.needs_saving:
        return f"docker-archive:{archive}"
    if source.archive:
        return f"{archive_kind(source.archive)}:{source.archive}"
    if source.engine:
        return f"docker-daemon:{_tagged(source.name)}"
    return f"docker://{source.name}"


def archive_kind(path: str) -> str:
    """Return the transport of an archive by its name: .oci.tar and -oci.tar are OCI, everything else is Docker's."""
    return _ARCHIVES["oci" if path.endswith(("oci.tar", ".oci")) else "docker"]


def _tagged(name: str) -> str:
    return name if ":" in name.rpartition("/")[2] else f"{name}:latest"
