"""Write an image as an OCI layout, with a Spack environment inside and with what is known about it beside it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import IO, TYPE_CHECKING, Any, Final

from sygaldry.flows.image.oci.blobs import Layout, copied
from sygaldry.flows.image.oci.environment import Runtime, tree_of
from sygaldry.flows.image.oci.packing import packed_trees
from sygaldry.flows.image.oci.user import UID, USER_STEP, small_texts, user_layer
from sygaldry.host.run import run
from sygaldry.image.oci import bill as bills
from sygaldry.image.oci import documents, provenance
from sygaldry.image.oci.groups import MOST_LAYERS, grouped
from sygaldry.image.saved import manifest_of, member_of, opened, steps_of
from sygaldry.image.sif import SifSource, save_command
from sygaldry.model.errors import CommandFailedError, ImageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sygaldry.flows.env.environment import Store
    from sygaldry.image.oci.documents import Blob, Descriptor

    Report = Callable[[str], None]

_USER: Final = f"{UID}:{UID}"
_DEFAULT_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class Exported:
    """What an export wrote: the image, what refers to it, and how many layers and bytes it has."""

    image: Descriptor
    referrers: tuple[Descriptor, ...]
    layers: int
    size_bytes: int
    materials: int


def export_layout(
    source: SifSource, target: str, environment: tuple[Runtime, Store] | None, report: Report
) -> Exported:
    """Write the layout; a failure leaves no folder. Raises ImageError."""
    parent = os.path.dirname(os.path.abspath(target))
    if os.path.exists(target):
        raise ImageError(f"{target} exists already", hint=f"remove it first: rm -r {target}")
    if not os.path.isdir(parent):
        raise ImageError(f"{parent} does not exist", hint=f"create it: mkdir -p {parent}")
    scratch = mkdtemp(prefix=".export-", dir=parent)
    try:
        archive = _saved(source, scratch, report)
        with open(archive, "rb") as file:
            found = _write(file, Layout(f"{scratch}/layout"), source.name, environment, report)
        os.unlink(archive)
        os.replace(f"{scratch}/layout", target)
    except OSError as error:
        raise ImageError(
            f"the image cannot be written: {error.strerror or error}", hint="is there space left?"
        ) from error
    finally:
        rmtree(scratch, ignore_errors=True)
    return found


def _saved(source: SifSource, scratch: str, report: Report) -> str:
    if source.archive:
        path = f"{scratch}/image.tar"
        os.symlink(source.archive, path)
        return path
    report(f"image: saving {source.name} from {source.engine}")
    path = f"{scratch}/image.tar"
    done = run(save_command(source, path))
    if not done.ok:
        raise CommandFailedError(f"{source.engine} cannot save {source.name}: {done.last_line}", command=done.command)
    return path


def _write(
    file: IO[bytes], layout: Layout, name: str, environment: tuple[Runtime, Store] | None, report: Report
) -> Exported:
    with opened(file) as archive:
        manifest, saved = manifest_of(archive)
        names = [str(each) for each in manifest["Layers"]]
        report(f"image: compressing {len(names)} layers")
        blobs = [
            layout.add_layer(copied(member_of(archive, each)), step)
            for each, step in zip(names, steps_of(saved, len(names)), strict=True)
        ]
        _check(blobs, saved)
        texts = small_texts(member_of(archive, each) for each in names)
    runtime = environment[0] if environment else None
    if environment:
        blobs += _environment_layers(layout, *environment, MOST_LAYERS - len(blobs) - 2, report)
    blobs.append(layout.add_layer(user_layer(texts), USER_STEP))
    if len(blobs) > MOST_LAYERS:
        raise ImageError(f"the image has {len(blobs)} layers; registries and engines take at most 127")
    variables = _variables(saved, runtime)
    config = documents.config_of(saved, blobs, variables, _USER)
    layout.add(documents.CONFIG, config)
    labels = {str(key): str(text) for key, text in ((saved.get("config") or {}).get("Labels") or {}).items()}
    annotations = {key: text for key, text in labels.items() if key.startswith("org.opencontainers.image.")}
    image = layout.add(documents.MANIFEST, documents.image_manifest(config, blobs, annotations))
    report("image: writing the bills of materials and the provenance")
    materials = _materials(texts, runtime)
    referrers = tuple(_referrers(layout, image, name, materials=materials, labels=labels, runtime=runtime))
    layout.finish((documents.tagged(image, _tag(name)), *referrers))
    size = sum(each.descriptor.size for each in blobs)
    return Exported(image, referrers, len(blobs), size, len(materials))


def _check(blobs: list[Blob], saved: Mapping[str, Any]) -> None:
    """Refuse an archive whose layers are not those of its configuration."""
    expected = list((saved.get("rootfs") or {}).get("diff_ids") or ())
    if [each.diff_id for each in blobs] != expected:
        raise ImageError("the layers of the saved image do not match its configuration", hint="save it again")


def _environment_layers(layout: Layout, runtime: Runtime, store: Store, most: int, report: Report) -> Iterator[Blob]:
    groups = grouped(runtime.packages, most)
    report(f"image: packing {len(runtime.packages)} packages of {runtime.name} into {len(groups)} layers")
    for group in groups:
        step = f"spack: {', '.join(each.label for each in group)}"
        yield layout.add_layer(packed_trees(tree_of(each, store) for each in group), step)
    if runtime.views:
        yield layout.add_layer(packed_trees(runtime.views), f"spack: the view of {runtime.name}")


def _variables(saved: Mapping[str, Any], runtime: Runtime | None) -> dict[str, str]:
    """Return the variables of the image; ${NAME} stands for its value in the saved image."""
    settings = saved.get("config") or {}
    known = dict(each.partition("=")[::2] for each in settings.get("Env") or ())
    known.setdefault("PATH", _DEFAULT_PATH)
    own = dict(runtime.variables) if runtime else {}
    replaced = {name: text.replace(f"${{{name}}}", known.get(name, "")).rstrip(":") for name, text in own.items()}
    return {"PATH": known["PATH"], "HOME": "/home/kvothe", **replaced}


def _materials(texts: Mapping[str, bytes], runtime: Runtime | None) -> tuple[bills.Material, ...]:
    status = texts.get("var/lib/dpkg/status", b"").decode("utf-8", "replace")
    release = texts.get("usr/lib/os-release", texts.get("etc/os-release", b"")).decode("utf-8", "replace")
    facts = dict(line.partition("=")[::2] for line in release.splitlines())
    debian = bills.debian_materials(status, facts.get("ID", "debian").strip('"'))
    return (*debian, *(runtime.materials if runtime else ()))


def _referrers(  # noqa: PLR0913 - the facts of one image
    layout: Layout,
    image: Descriptor,
    name: str,
    *,
    materials: tuple[bills.Material, ...],
    labels: Mapping[str, str],
    runtime: Runtime | None,
) -> Iterator[Descriptor]:
    layout.add(documents.EMPTY, documents.EMPTY_CONTENT)
    locks = {runtime.name: runtime.digest} if runtime else {}
    texts = {kind: bills.bill(name, image.digest, materials, kind) for kind in bills.KINDS}
    texts[provenance.KIND] = provenance.statement(name, image.digest, labels, locks)
    for kind, text in texts.items():
        layout.add(kind, text)
        yield layout.add(documents.MANIFEST, documents.referrer_manifest(kind, text, image), artifact_type=kind)


def _tag(name: str) -> str:
    last = Path(name.partition("@")[0]).name
    return last.partition(":")[2] or "latest"
