"""The layers of a Spack environment: what it needs to run, its view, and the variables that enter it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sygaldry.flows.env.environment import Environment, Store
from sygaldry.flows.env.store import install_tree, load_database
from sygaldry.flows.image.oci.packing import Tree
from sygaldry.image.oci.bill import Material, spack_material
from sygaldry.image.oci.groups import Package
from sygaldry.model.errors import ImageError, NotFoundError
from sygaldry.spack.database import missing_of
from sygaldry.spack.graph import closure, order
from sygaldry.spack.lock import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping

# Build logs and copies of recipes: nothing of them is needed to run.
_LEFT_OUT: Final = (".spack/*.txt*", ".spack/repos*", ".spack/archived-files*", ".spack/*.gz", "*/__pycache__")


@dataclass(frozen=True)
class Runtime:
    """An installed environment, without what was only needed to build it."""

    name: str
    digest: str
    packages: tuple[Package, ...]
    materials: tuple[Material, ...]
    views: tuple[Tree, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    externals: tuple[str, ...] = ()


def runtime_of(environment: Environment, store: Store) -> Runtime:
    """Find what running an environment needs. Raises NotFoundError if it is not all installed."""
    lock = environment.lock
    installed = load_database(environment, store)
    if missing := missing_of(lock, installed):
        raise NotFoundError(
            f"{environment.name} is not built yet: {len(missing)} packages are missing, "
            f"such as {lock.nodes[missing[0]].label}",
            hint=environment.build_command,
        )
    needed = closure(lock, lock.roots.values(), to_run=True)
    nodes = [lock.nodes[key] for key in order(lock) if key in needed]
    own = [node for node in nodes if not node.is_external]
    roots = tuple(each.resolve() for each in (store.here, install_tree(environment, store)))
    packages = tuple(
        Package(node.hash, node.label, path, _size(str(_checked(store.locate(path), roots))))
        for node in own
        for path in (installed[node.hash].path,)
    )
    views = tuple(_views(environment, store, packages, roots))
    return Runtime(
        environment.name,
        canonical(lock),
        packages,
        tuple(spack_material(node.name, node.version, node.hash) for node in own),
        views,
        _variables(views, [installed[key].path for key in lock.roots.values() if key in installed]),
        tuple(sorted({node.label for node in nodes if node.is_external})),
    )


def tree_of(package: Package, store: Store) -> Tree:
    """Return the files of a package that running it needs."""
    return Tree(str(store.locate(package.prefix)), package.prefix, _is_kept)


def _is_kept(path: str) -> bool:
    return not any(fnmatch(path, pattern) for pattern in _LEFT_OUT)


def _checked(folder: Path, roots: tuple[Path, ...]) -> Path:
    """Refuse a folder outside of the store: code inside the environment can write the store's database and links."""
    real = folder.resolve()
    if not any(real.is_relative_to(root) and real != root for root in roots):
        raise ImageError(f"{folder} is not in the store {roots[0]}, and is not put into an image")
    return real


def _views(
    environment: Environment, store: Store, packages: tuple[Package, ...], roots: tuple[Path, ...]
) -> Iterator[Tree]:
    """Return the default view: the link, and the folder behind it without links to packages that are left out."""
    link = environment.view_link(store)
    if link is None or not link.exists():
        return
    real = _checked(link, (*roots, environment.folder))
    prefixes = tuple(f"{each.prefix}/" for each in packages)

    def keeps(path: str) -> bool:
        whole = os.path.join(real, path)
        return not os.path.islink(whole) or not os.path.isabs(target := os.readlink(whole)) or _is_in(target, prefixes)

    if link.is_symlink():
        yield Tree(str(link), _inside(link, store))
    yield Tree(str(real), _inside(real, store), keeps)


def _is_in(target: str, prefixes: tuple[str, ...]) -> bool:
    return f"{target}/".startswith(prefixes)


def _inside(path: Path, store: Store) -> str:
    """Return the path by which Spack knows a path of this machine."""
    here = store.here.resolve()
    below = path.parent.resolve() / path.name
    return f"{store.inside}/{below.relative_to(here)}" if below.is_relative_to(here) else str(below)


def _variables(views: tuple[Tree, ...], roots: list[str]) -> dict[str, str]:
    """Return what enters the environment, without a shell and without Spack."""
    if not views:
        return {"PATH": _joined([f"{each}/bin" for each in roots], "PATH")}
    inside, here = views[0].inside, views[-1].here
    found = {"PATH": _joined([f"{inside}/bin"], "PATH")}
    # With a Python of its own, the view is found from the program.
    if not os.path.exists(f"{here}/bin/python3"):
        packages = sorted(Path(here).glob("lib/python3*/site-packages"))
        if packages:
            found["PYTHONPATH"] = f"{inside}/{packages[-1].relative_to(here)}"
    return found


def _joined(folders: list[str], name: str) -> str:
    """Put folders before what the image has; the caller replaces the placeholder."""
    return ":".join([*folders, f"${{{name}}}"])


def _size(folder: str) -> int:
    total = 0
    for parent, _, files in os.walk(folder):
        total += sum(os.lstat(f"{parent}/{each}").st_size for each in files)
    return total
