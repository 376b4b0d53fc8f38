"""Ask the build caches of an environment what they have, before a build of hours begins."""

from __future__ import annotations

from dataclasses import replace

from sygaldry.flows.env.cache.contents import Shelf, look
from sygaldry.flows.env.cache.mirrors import mirrors_of
from sygaldry.flows.env.cache.readers import Asker, UnusableMirrorError, check_push, reader_of
from sygaldry.flows.env.cache.signatures import check
from sygaldry.flows.env.environment import Environment, Store
from sygaldry.flows.env.store import install_tree_inside
from sygaldry.model.errors import SygaldryError
from sygaldry.spack.buildcache import LyingMirrorError
from sygaldry.spack.cache_hits import Hits, hits
from sygaldry.spack.mirrors import Kind, Mirror
from sygaldry.spack.prefix import prefix_problem


def ask_caches(environment: Environment, store: Store, asker: Asker) -> tuple[Hits, ...]:
    """Count the hits of each binary mirror; one that cannot be asked is a problem to be told, not an empty one."""
    return tuple(_asked(environment, mirror, store, asker) for mirror in mirrors_of(environment) if mirror.binary)


def left_out(caches: tuple[Hits, ...]) -> tuple[str, ...]:
    """Name the mirrors that did not answer: Spack would wait for them, package by package."""
    return tuple(each.mirror.name for each in caches if each.problem and each.mirror.kind is not Kind.FILE)


def _asked(environment: Environment, mirror: Mirror, store: Store, asker: Asker) -> Hits:
    try:
        check_push(mirror, asker)
        shelf = look(mirror, environment.lock, reader_of(mirror, store, asker))
        doubts, notes = check(mirror, shelf.manifests, store, asker.run)
    except (LyingMirrorError, UnusableMirrorError) as error:
        return Hits(mirror, problem=error.problem, hint=error.hint, stops=True)
    except SygaldryError as error:
        return Hits(mirror, problem=error.problem, hint=error.hint)
    found = hits(environment.lock, mirror, shelf.index, shelf.manifests, doubts)
    return replace(found, notes=(*notes, *_told(environment, store, mirror, shelf)))


def _told(environment: Environment, store: Store, mirror: Mirror, shelf: Shelf) -> list[str]:
    if not shelf.manifests and not shelf.index:
        return [f"{mirror.name} is empty ({mirror.url})"]
    told = [prefix_problem(shelf.built_in, install_tree_inside(environment, store))]
    if set(shelf.manifests) - set(shelf.index):
        told.append("its index is behind, and made anew by the next build that pushes there")
    return [f"{mirror.name}: {each}" for each in told if each]
