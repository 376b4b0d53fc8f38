"""Find the mirrors of an environment and the variables and keys that they need on this machine."""

from __future__ import annotations

import os
from collections.abc import Sequence

from sygaldry.discovery import nearest
from sygaldry.flows.env.environment import Environment, Store, bundled_mirror
from sygaldry.host import files
from sygaldry.model.errors import NotFoundError
from sygaldry.spack.commands import BUNDLE_MIRROR
from sygaldry.spack.mirrors import Mirror, parse_mirrors

_EXAMPLE = "mirrors: {team: {url: file:///folder, signed: true, autopush: true}}"


def no_cache_hint(environment: Environment) -> str:
    """Explain how to give the environment a build cache."""
    return f"write one into {environment.source}: {_EXAMPLE}"


def mirrors_of(environment: Environment) -> tuple[Mirror, ...]:
    """List the mirrors of an environment in their order: the manifest's, then the site's."""
    found = {each.name: each for each in _site(environment)}
    own = {each.name: each for each in parse_mirrors(environment.manifest.mirrors, str(environment.folder))}
    if "mirrors:" in environment.manifest.content:  # Spack's way to say "these alone"
        found = {}
    return tuple((own | {name: each for name, each in found.items() if name not in own}).values())


def mirror_of_bundle(store: Store) -> tuple[Mirror, ...]:
    """Return the mirror that a bundle brought to this store; its packages count as verified."""
    folder = bundled_mirror(store)
    # Path.is_dir raises where the folder of another user cannot be entered.
    has_cache = any(os.access(folder / name, os.R_OK) for name in ("v3", "build_cache"))
    return parse_mirrors({BUNDLE_MIRROR: {"url": f"file://{folder}", "signed": False}}) if has_cache else ()


def no_key_problem(mirror: Mirror, store: Store) -> str:
    """Explain that a package to be pushed cannot be signed; empty if it can."""
    if not (mirror.autopush and mirror.checks_signatures and mirror.binary) or has_own_key(store):
        return ""
    return f"{mirror.name} is signed and receives packages during the build, but no signing key was found here"


def has_own_key(store: Store) -> bool:
    """Look for a secret key in Spack's own GnuPG folder."""
    folder = store.here / "gpg" / "private-keys-v1.d"
    return os.access(folder, os.R_OK) and any(folder.iterdir())


def unset_variables(mirror: Mirror) -> tuple[str, ...]:
    """Name the unset variables among those with a mirror's credentials."""
    return tuple(name for name in mirror.variables if not os.environ.get(name))


def _site(environment: Environment) -> Sequence[Mirror]:
    path = environment.spack_root / "etc" / "spack" / "site" / "mirrors.yaml"
    text = files.read_if_there(path)
    if not text:
        return ()
    from sygaldry.spack.yaml_reader import load_yaml

    content = load_yaml(text, str(path), str(environment.spack_root / "lib" / "spack"))
    table = (content or {}).get("mirrors:", (content or {}).get("mirrors", {})) if isinstance(content, dict) else {}
    return parse_mirrors(table or {})


def named_mirror(environment: Environment, name: str) -> Mirror:
    """Find the build cache of that name; the only one where none is named."""
    mirrors = {each.name: each for each in mirrors_of(environment) if each.binary}
    if not mirrors:
        raise NotFoundError(f"{environment.name} has no build cache", hint=no_cache_hint(environment))
    if not name and len(mirrors) == 1:
        return next(iter(mirrors.values()))
    if name not in mirrors:
        suggestion = nearest(name, tuple(mirrors))
        raise NotFoundError(
            f"no build cache is called {name!r}" if name else "there are several build caches",
            hint=f"did you mean {suggestion!r}?" if suggestion else f"name one of: {', '.join(mirrors)}",
        )
    return mirrors[name]
