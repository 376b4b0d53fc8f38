"""Export an image as an OCI layout or into a registry, with the Spack environment of the workspace inside."""

from __future__ import annotations

import os
from collections.abc import Callable
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from sygaldry.flows.env.environment import Store, find_store, load_environment
from sygaldry.flows.image.oci.environment import Runtime, runtime_of
from sygaldry.flows.image.oci.export import Exported, export_layout
from sygaldry.flows.image.oci.login import login_for
from sygaldry.flows.image.oci.push import push_layout
from sygaldry.flows.image.sif import find_source
from sygaldry.host.registry_client import RegistryClient
from sygaldry.image.names import is_digest, is_loopback, registry_of
from sygaldry.model.errors import ImageError, NotFoundError, UsageError
from sygaldry.model.report import Report
from sygaldry.model.sizes import human

if TYPE_CHECKING:
    from pathlib import Path

    from sygaldry.config.resolve import Resolved
    from sygaldry.image.sif import SifSource
    from sygaldry.model.machine import Machine

    ReportProgress = Callable[[str], None]

NONE = "none"
_DOCKER_HUB = "registry-1.docker.io"


def oci_export(  # noqa: PLR0913 - the facts of one export
    resolved: Resolved,
    machine: Machine,
    workspace: Path,
    name: str,
    *,
    target: str,
    environment: str,
    report_progress: ReportProgress,
) -> Report:
    """Write the layout, or push it; `environment` is a folder, `none`, or empty for the one of the settings."""
    source = find_source(name or resolved.settings.image, machine)
    if not source.engine:
        raise ImageError(
            f"neither docker nor podman has the image {source.name}", hint=f"pull it first: docker pull {source.name}"
        )
    runtime, note = _runtime(resolved, workspace, environment)
    if note:
        report_progress(f"image: {note}")
    if registry_of(target) and not os.path.isabs(target):
        return _pushed(source, target, runtime, report_progress)
    return _report(source, target, export_layout(source, target, runtime, report_progress), runtime)


def _runtime(resolved: Resolved, workspace: Path, environment: str) -> tuple[tuple[Runtime, Store] | None, str]:
    """Return the environment, and a note if there is none where none was named."""
    if environment == NONE:
        return None, ""
    try:
        found = load_environment(environment, resolved, workspace)
        store = find_store(resolved, workspace)
        return (runtime_of(found, store), store), ""
    except NotFoundError as error:
        if environment:
            raise
        return None, f"no Spack environment goes into the image: {error.problem}"


def _pushed(
    source: SifSource, target: str, runtime: tuple[Runtime, Store] | None, report_progress: ReportProgress
) -> Report:
    if is_digest(target):
        raise UsageError(f"{target} names content by its digest", hint="push under a tag: REGISTRY/NAME:1")
    registry = registry_of(target)
    repository, _, tag = target.removeprefix(f"{registry}/").partition(":")
    if registry == "docker.io":
        registry = _DOCKER_HUB
    client = RegistryClient(registry, repository, plain=is_loopback(target), login=login_for(registry, os.environ))
    folder = mkdtemp(prefix="sygaldry-export-", dir=os.environ.get("TMPDIR") or "/var/tmp")  # noqa: S108 - a new folder
    try:
        exported = export_layout(source, f"{folder}/layout", runtime, report_progress)
        push_layout(f"{folder}/layout", client, tag or "latest", report_progress)
    finally:
        rmtree(folder, ignore_errors=True)
    return _report(source, target, exported, runtime)


def _report(source: SifSource, target: str, exported: Exported, runtime: tuple[Runtime, Store] | None) -> Report:
    name = runtime[0].name if runtime else ""
    externals = runtime[0].externals if runtime else ()
    what = f"with {len(runtime[0].packages)} packages of {name}" if runtime else "without a Spack environment"
    lines = [
        f"wrote {target}: {exported.image.digest}",
        f"  {exported.layers} layers, {human(exported.size_bytes)}, {what}, runs as user 1000",
        f"  attached: {', '.join(each.artifact_type for each in exported.referrers)} ({exported.materials} packages)",
    ]
    if externals:
        lines.append(f"  taken from the system, which the image must have: {', '.join(externals)}")
    return Report(
        {
            "image": source.name,
            "target": target,
            "digest": exported.image.digest,
            "layers": exported.layers,
            "size_bytes": exported.size_bytes,
            "environment": name,
            "packages": len(runtime[0].packages) if runtime else 0,
            "externals": list(externals),
            "materials": exported.materials,
            "referrers": {each.artifact_type: each.digest for each in exported.referrers},
        },
        tuple(lines),
    )
