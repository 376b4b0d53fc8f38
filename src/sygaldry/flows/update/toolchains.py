"""Ask the publishers of toolchains, of Spack and of its recipes for newer releases."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from sygaldry import discovery, releases
from sygaldry.config.files import PROJECT_FILE
from sygaldry.config.resolve import Resolved
from sygaldry.flows.image.pins import ARTIFACTS, user_pins_path
from sygaldry.flows.image.recipe import context_file
from sygaldry.flows.update import edits
from sygaldry.flows.update.cost import packages_of, steps_from
from sygaldry.flows.update.proposal import Answer, Edit, Proposal
from sygaldry.flows.update.request import LockedProject, UpdateRequest
from sygaldry.layout import layout
from sygaldry.model.errors import SygaldryError
from sygaldry.releases import Publisher, Release, newest

_LARGEST_BYTES: Final = 32 * 2**20
_STEPS: Final = {"spack-packages": "spack"}  # the step of the image, where it is called otherwise
_OURS: Final = "it comes with Sygaldry: update Sygaldry, or run this in its checkout"

Fetch = Callable[[str, int], bytes]
Digest = Callable[[str], str]  # reads what an address serves, and returns its SHA-256


@dataclass(frozen=True)
class Pinned:
    """A publisher, and the version of its release that is used now. A key of Python is not its whole version."""

    name: str
    publisher: Publisher
    key: str
    version: str


@dataclass(frozen=True)
class Network:
    """How publishers are asked: `fetch` returns what an address serves, `digest` reads it for its SHA-256."""

    fetch: Fetch
    digest: Digest


def release_answer(part: str, request: UpdateRequest, project: LockedProject, network: Network) -> Answer:
    """Return the answer of one part whose pins come from publishers of releases.

    A download whose digest is not stated is read only with --apply.
    """
    proposals, problems = list[Proposal](), list[str]()
    for each in _pinned(project.resolved):
        if each.publisher.part != part:
            continue
        try:
            found = _newer(each, request, network.fetch)
            if found is not None and request.apply:
                found = _with_digests(found, project.resolved.settings.artifact_mirror, network.digest)
        except SygaldryError as error:
            problems.append(f"{each.name}: {error.problem}")
            continue
        if found is not None:
            proposals.append(_proposal(each, found, project))
    return Answer(part, tuple(proposals), problem="; ".join(problems))


def _pinned(resolved: Resolved) -> Iterator[Pinned]:
    """Yield what the image of these settings pins."""
    table = json.loads(context_file(resolved.settings, layout().container, ARTIFACTS))["artifacts"]
    for name, publisher in discovery.every(releases, "PUBLISHER").items():
        if _STEPS.get(name, name) not in resolved.settings.toolchains or name not in table:
            continue
        chosen = getattr(resolved.settings, publisher.variable) if publisher.variable else next(iter(table[name]))
        if name == "python":
            chosen = resolved.settings.python_version
        if chosen in table[name]:
            yield Pinned(name, publisher, chosen, _whole_version(chosen, table[name][chosen]))


def _whole_version(key: str, pins: dict[str, dict[str, str]]) -> str:
    """Return the version of a Python, which only the name of its file has whole."""
    name = next(iter(pins.values())).get("file", "")
    found = name.removeprefix("cpython-").partition("+")[0]
    return found if found.startswith(f"{key}.") else key


def _newer(pinned: Pinned, request: UpdateRequest, fetch: Fetch) -> Release | None:
    address = request.sources.get(pinned.name, pinned.publisher.address)
    body = fetch(address, _LARGEST_BYTES)
    try:
        listed = tuple(pinned.publisher.read(body))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise SygaldryError(f"{address} does not list releases: {error}") from error
    return newest(listed, pinned.version, pinned.publisher.leading)


def _with_digests(release: Release, mirror: str, digest: Digest) -> Release:
    """Complete the digests that the publisher does not state, from the mirror of downloads if there is one."""
    downloads = {}
    for architecture, each in release.downloads.items():
        place = f"{mirror.rstrip('/')}/{each.file or each.url.rpartition('/')[2]}" if mirror else each.url
        downloads[architecture] = each if each.sha256 else replace(each, sha256=digest(place))
    return Release(release.version, downloads)


def _proposal(pinned: Pinned, found: Release, project: LockedProject) -> Proposal:
    workspace = project.workspace
    remade, seconds = steps_from(project.resolved, _STEPS.get(pinned.name, pinned.name)), 0.0
    if pinned.publisher.part in ("spack", "recipes"):
        packages, seconds = packages_of(project.resolved, workspace, project.lock)
        remade += packages
    proposal = Proposal(pinned.publisher.part, pinned.name, pinned.version, found.version, (), remade, seconds)
    if pinned.publisher.variable:
        own = (
            Edit(user_pins_path(), edits.add_pins(pinned.name, found)),
            Edit(f"{workspace}/{PROJECT_FILE}", edits.set_setting(pinned.publisher.variable, found.version)),
        )
        return replace(proposal, edits=own, next="sygaldry image build")
    if not _is_ours(workspace):
        return replace(proposal, next=_OURS)
    new = pinned.key if pinned.key != pinned.version else found.version
    written = [Edit(f"{workspace}/container/{ARTIFACTS}", edits.replace_pins(pinned.name, pinned.key, new, found))]
    if pinned.publisher.step:
        step = f"{workspace}/container/image/{pinned.publisher.step}"
        words = (f"get {pinned.name} {pinned.key} ", f"get {pinned.name} {new} ")
        written.append(Edit(step, edits.replace_word(*words)))
    return replace(proposal, edits=tuple(written), next="sygaldry image build")


def _is_ours(workspace: str) -> bool:
    checkout = layout().checkout
    return bool(checkout) and os.path.realpath(checkout) == os.path.realpath(workspace)
