"""Ask the engine what is known of an image only once it is built: its layers, its base, its Debian packages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sygaldry.config.resolve import Resolved
from sygaldry.flows.image.state import state_of
from sygaldry.flows.image.which_engine import engine_name
from sygaldry.flows.runtime.images import Engine, Image
from sygaldry.host.run import run
from sygaldry.image.labels import MIRROR, RELEASE
from sygaldry.lockfile.lock import CONTENT, LAYERS, ORIGIN, SOURCE, Entry
from sygaldry.model.command import Command
from sygaldry.model.errors import ImageError, MachineNotReadyError, RuntimeMissingError, UsageError
from sygaldry.model.machine import Machine

_PATIENCE_S: Final = 120.0
# Each package: its name, architecture, version and source package, and the digest of dpkg's list of its files with
# their MD5 sums.
_LIST: Final = r"""
format='${db:Status-Abbrev} ${Package}:${Architecture} ${Version} ${source:Package} ${source:Version}\n'
dpkg-query --show --showformat "$format" | sed -n 's/^ii *//p'
echo
cd /var/lib/dpkg/info && sha256sum -- *.md5sums
"""


class NoImageError(ImageError):
    """There is no image here that the lock could describe."""


def image_entries(resolved: Resolved, machine: Machine, image: Entry) -> Iterator[Entry]:
    """Yield the image with the digest of its layers, its base, and its packages. Raises NoImageError."""
    try:
        engine = engine_name(resolved, machine)
    except (RuntimeMissingError, MachineNotReadyError, UsageError) as error:
        raise NoImageError(f"no container engine works here: {error.problem}") from error
    state = state_of(resolved.settings, engine, machine)
    if state.image is None or not state.usable:
        what = "is stale" if state.image else "is not built"
        raise NoImageError(f"{image.name} {what}", hint="build it, and lock again: sygaldry image build")
    layers = " ".join(each.removeprefix("sha256:") for each in state.image.layers)
    yield Entry(image.kind, image.name, {**image.facts, CONTENT: state.image.content, LAYERS: layers})
    base = state.engine.image(resolved.settings.base_image)
    if base is not None:
        yield Entry("base", resolved.settings.base_image, base_facts(base))
    yield from _debian(state.engine, state.image.identity)


def base_facts(base: Image) -> dict[str, str]:
    """Return what is locked of a base: its content, and the registry's digest or what `image base` made it from."""
    registry = {"digest": base.digests[0].rpartition("@")[2]} if base.digests else {}
    labels = dict(zip(ORIGIN, (MIRROR, RELEASE), strict=True))
    return {CONTENT: base.content, **registry, **{k: base.labels[v] for k, v in labels.items() if v in base.labels}}


def _debian(engine: Engine, identity: str) -> Iterator[Entry]:
    options = ("--rm", "--network=none", "--entrypoint=/bin/sh", "--label=dev.sygaldry.kind=probe", "--pull=never")
    done = run(Command((engine.name, "run", *options, identity, "-c", _LIST), timeout_s=_PATIENCE_S))
    if not done.ok:
        raise ImageError(
            f"the packages of the image cannot be listed: {done.last_line}", hint="is it made from Debian or Ubuntu?"
        )
    listed = tuple(parse_packages(done.out))
    if not listed:
        raise ImageError("the image lists no Debian package", hint="is it made from Debian or Ubuntu?")
    yield from listed


def parse_packages(text: str) -> Iterator[Entry]:
    """Read the list that a container printed: packages, an empty line, and the digests of their lists of files."""
    packages, _, sums = text.partition("\n\n")
    digests = {}
    for line in sums.splitlines():
        digest, _, name = line.partition("  ")
        digests[name.removesuffix(".md5sums")] = digest
    for line in packages.splitlines():
        full, _, rest = line.partition(" ")
        version, _, source = rest.partition(" ")
        name = full.partition(":")[0]
        facts = {"version": version}
        if source and source != f"{name} {version}":
            facts[SOURCE] = source
        if known := digests.get(full) or digests.get(name):
            facts["files"] = known
        yield Entry("debian", full, facts)
