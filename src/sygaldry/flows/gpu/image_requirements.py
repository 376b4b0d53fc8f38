"""What the environment that would start requires of a driver and a GPU."""

from dataclasses import replace
from os import PathLike
from pathlib import Path

from sygaldry.config.settings import Settings
from sygaldry.gpu.compat_note import CompatNote, parse_note
from sygaldry.gpu.image import ImageFacts, image_facts
from sygaldry.gpu.passthrough import COMPAT_FOLDER
from sygaldry.gpu.versions import format_version
from sygaldry.model.errors import UsageError

_MANIFEST = "spack_src.yaml"


def known_image(settings: Settings, workspace: PathLike[str] | str, runtime: str) -> ImageFacts:
    """Gather what is known of the environment; an image root on disk gives its compatibility library's own note."""
    path = Path(workspace, settings.spack_environment, _MANIFEST)
    try:
        manifest = path.read_text("utf-8", "replace")
    except OSError:
        manifest = ""
    note = _note_below(settings.rootfs) if runtime == "sandbox" else None
    base = f"nvidia/cuda:{format_version(note.cuda)}" if note else settings.base_image
    try:
        found = replace(image_facts(manifest, base, note), manifest=f"{settings.spack_environment}/{_MANIFEST}")
        # A sandbox has the environment of the image, but its compatibility library only with an image root.
        return replace(found, note=note) if runtime == "sandbox" else found
    except ValueError as error:
        raise UsageError(f"cuda_arch in {path} cannot be read: {error}", hint="write it as cuda_arch=80,90") from error


def _note_below(rootfs: str) -> CompatNote | None:
    """Read the note of the library that a sandbox would show; None if there is no such library."""
    for folder in (COMPAT_FOLDER, "/usr/local/cuda-12.9/compat"):
        try:
            library = Path(f"{rootfs}{folder}", "libcuda.so.1").read_bytes()
        except OSError:
            continue
        try:
            return parse_note(library)
        except ValueError:
            return None
    return None
