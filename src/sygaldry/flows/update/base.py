"""Ask the registry of the base image for a newer one, and the mirror for newer Debian packages."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Final

from sygaldry.advisories.ordering import debian
from sygaldry.config.files import PROJECT_FILE
from sygaldry.config.resolve import Resolved
from sygaldry.flows.image.mirror import Fetch, mirror_packages
from sygaldry.flows.image.oci.login import login_for
from sygaldry.flows.update import edits
from sygaldry.flows.update.cost import steps_from
from sygaldry.flows.update.proposal import Answer, Edit, Proposal
from sygaldry.host.registry_client import RegistryClient
from sygaldry.image.base import Archive
from sygaldry.image.names import is_loopback, is_own, registry_of
from sygaldry.lockfile.lock import ProjectLock
from sygaldry.model.errors import SygaldryError

_HUB: Final = "registry-1.docker.io"
_LARGEST_MANIFEST: Final = 4 * 2**20
_MANIFESTS: Final = (
    "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"
)
_VERSION: Final = re.compile(r"\d+(?:\.\d+)*")
_MOST_DETAILS: Final = 200

Archives = Callable[[], tuple[Archive, ...]]


def base_answer(resolved: Resolved, workspace: str, lock: ProjectLock, archives: Archives, fetch: Fetch) -> Answer:
    """Return newer bases: the same tag with another content, a newer tag of the same form, newer packages."""
    name, proposals, notes, problems = resolved.settings.base_image, list[Proposal](), list[str](), list[str]()
    if not is_own(name):
        try:
            proposals += _newer_image(resolved, workspace, lock)
        except SygaldryError as error:
            problems.append(f"{name}: {error.problem}")
    if lock.of("debian"):
        try:
            proposals += _newer_packages(resolved, lock, archives(), fetch)
        except SygaldryError as error:
            problems.append(f"Debian packages: {error.problem}")
    else:
        notes.append("Debian packages are not locked yet, so none were compared: build the image, then sygaldry lock")
    return Answer("base", tuple(proposals), tuple(notes), "; ".join(problems))


def newer_tag(tag: str, known: list[str]) -> str:
    """Return the newest tag that differs from `tag` only in its first version, with the same major number."""
    found = _VERSION.search(tag)
    if found is None:
        return ""
    head, tail, now = tag[: found.start()], tag[found.end() :], _numbers(found[0])
    fitting = [
        each
        for each in known
        if each.startswith(head) and each.endswith(tail) and len(each) > len(head) + len(tail)
        for middle in (each[len(head) : len(each) - len(tail)],)
        if _VERSION.fullmatch(middle) and _numbers(middle) > now
        if _numbers(middle)[0] == now[0] and len(_numbers(middle)) == len(now)
    ]
    return max(fitting, key=lambda each: _numbers(each[len(head) : len(each) - len(tail)]), default="")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(each) for each in version.split("."))


def _newer_image(resolved: Resolved, workspace: str, lock: ProjectLock) -> Iterator[Proposal]:
    name, _, pinned = resolved.settings.base_image.partition("@")
    repository, tag = _split(name)
    registry = registry_of(name) or _HUB
    path = repository.removeprefix(f"{registry}/")
    path = path if registry != _HUB or "/" in path else f"library/{path}"
    client = RegistryClient(registry, path, plain=is_loopback(name), login=login_for(registry, os.environ))
    newer = newer_tag(tag, client.tags())
    chosen = newer or tag
    manifest = client.get_manifest(chosen, _MANIFESTS, _LARGEST_MANIFEST)
    if not manifest:
        raise SygaldryError(f"the registry no longer has the tag {chosen}")
    digest = f"sha256:{sha256(manifest).hexdigest()}"
    locked = lock.of("base").get(resolved.settings.base_image)
    now = pinned or (locked.facts.get("digest", "") if locked else "")
    if not newer and digest == now:
        return
    new = f"{repository}:{chosen}@{digest}"
    edit = Edit(f"{workspace}/{PROJECT_FILE}", edits.set_setting("base_image", new))
    old = f"{name}@{now}" if now else f"{name} (not pinned by digest)"
    remade = steps_from(resolved, "")
    yield Proposal("base", "image", old, new, (), remade, edits=(edit,), next="sygaldry image build")


def _newer_packages(
    resolved: Resolved, lock: ProjectLock, archives: tuple[Archive, ...], fetch: Fetch
) -> Iterator[Proposal]:
    newest: dict[str, str] = {}
    for archive in archives:
        for _, each in mirror_packages(archive, fetch):
            if each.name not in newest or debian(each.version) > debian(newest[each.name]):
                newest[each.name] = each.version
    details, missing = [], []
    for full, entry in lock.of("debian").items():
        name, now = full.partition(":")[0], entry.facts["version"]
        if name not in newest:
            missing.append(full)
        elif debian(newest[name]) > debian(now):
            details.append(f"{name} {now} -> {newest[name]}")
    if details:
        shown = (*details[:_MOST_DETAILS], *(f"the mirror has no {each}" for each in missing[:5]))
        count = len(lock.of("debian"))
        suite = archives[0].suite if archives else ""
        own = f"sygaldry image base {suite}, then " if is_own(resolved.settings.base_image) else ""
        next_ = f"{own}sygaldry image build --force, then sygaldry lock"
        new = f"{len(details)} of them are newer at the mirror"
        remade = steps_from(resolved, "")
        yield Proposal("base", "Debian packages", f"{count} packages", new, shown, remade, next=next_)


def _split(name: str) -> tuple[str, str]:
    """Split a name at its tag; the colon of a port is none."""
    head, colon, tag = name.rpartition(":")
    return (name, "latest") if not colon or "/" in tag else (head, tag)
