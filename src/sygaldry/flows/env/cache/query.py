"""Query the build caches of an environment before a long build: hits, misses and invalid signatures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from sygaldry.flows.env.cache.contents import CacheContents, list_contents
from sygaldry.flows.env.cache.mirrors import mirror_of_bundle, mirrors_of
from sygaldry.flows.env.cache.readers import MirrorClient, UnusableMirrorError, check_push, reader_of
from sygaldry.flows.env.environment import Environment, Store
from sygaldry.flows.env.store import install_tree_inside
from sygaldry.model.command import MISSING, Command, Completed
from sygaldry.model.errors import SygaldryError
from sygaldry.spack import signature
from sygaldry.spack.buildcache import CorruptMirrorError, is_signed
from sygaldry.spack.cache_hits import Hits, hits
from sygaldry.spack.mirrors import Kind, Mirror
from sygaldry.spack.prefix import prefix_problem
from sygaldry.spack.signature import Rejection

GPG_MISSING = "gpg is not installed here, so its signatures cannot be checked"


def query_caches(environment: Environment, store: Store, client: MirrorClient) -> tuple[Hits, ...]:
    """Count the hits of each binary mirror; one that cannot be queried is reported as a problem, not as empty."""
    mirrors = (*mirrors_of(environment), *mirror_of_bundle(store))
    return tuple(_query(environment, mirror, store, client) for mirror in mirrors if mirror.binary)


def unreachable_mirrors(caches: tuple[Hits, ...]) -> tuple[str, ...]:
    """Name the mirrors that did not answer: Spack would wait for them at every package."""
    return tuple(each.mirror.name for each in caches if each.problem and each.mirror.kind is not Kind.FILE)


def check_signatures(
    mirror: Mirror, manifests: Mapping[str, str], store: Store, run: Callable[[Command], Completed], trust_command: str
) -> tuple[Mapping[str, Rejection], tuple[str, ...]]:
    """Return the packages that Spack would reject, and notes about what could not be checked."""
    if not mirror.checks_signatures:
        return {}, ()
    found = {key: signature.unsigned(mirror.name) for key, text in manifests.items() if not is_signed(text)}
    signed = {key: text for key, text in manifests.items() if key not in found}
    if not signed:
        return found, ()
    with TemporaryDirectory(prefix="sygaldry-signatures-") as folder:
        keys = store.here / "gpg"
        if not keys.is_dir():  # gpg would create one; an empty one trusts no key either
            keys = Path(folder, "keys")
            keys.mkdir(mode=0o700)
        for key, text in signed.items():
            Path(folder, key).write_text(text)
        done = run(signature.verification(str(keys), [str(Path(folder, key)) for key in signed]))
    if done.returncode == MISSING:
        return found, (f"{mirror.name}: {GPG_MISSING}",)
    return {**found, **signature.rejections(done.out, list(signed), mirror.name, trust_command)}, ()


def _query(environment: Environment, mirror: Mirror, store: Store, client: MirrorClient) -> Hits:
    try:
        check_push(mirror, client)
        contents = list_contents(mirror, environment.lock, reader_of(mirror, store, client, environment))
        rejections, notes = check_signatures(mirror, contents.manifests, store, client.run, environment.trust_command)
    except (CorruptMirrorError, UnusableMirrorError) as error:
        return Hits(mirror, problem=error.problem, hint=error.hint, blocks_build=True)
    except SygaldryError as error:
        return Hits(mirror, problem=error.problem, hint=error.hint)
    found = hits(environment.lock, mirror, contents.index, contents.manifests, rejections)
    return replace(found, notes=(*notes, *_notes(environment, store, mirror, contents)))


def _notes(environment: Environment, store: Store, mirror: Mirror, contents: CacheContents) -> list[str]:
    if not contents.manifests and not contents.index:
        return [f"{mirror.name} is empty ({mirror.url})"]
    notes = [prefix_problem(contents.build_prefix, install_tree_inside(environment, store))]
    if set(contents.manifests) - set(contents.index):
        notes.append("its index is out of date; the next build that pushes there updates it")
    return [f"{mirror.name}: {each}" for each in notes if each]
