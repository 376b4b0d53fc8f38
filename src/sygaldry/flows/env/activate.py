"""Compute the activation of an environment once per lock, manifest and view, and cache it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from sygaldry.config.resolve import Resolved
from sygaldry.flows.env.environment import MANIFEST, Environment, Store
from sygaldry.flows.env.spack import find_spack, write_manifest
from sygaldry.flows.env.store import load_database
from sygaldry.host import files
from sygaldry.model.command import Command, Completed
from sygaldry.model.errors import NotFoundError
from sygaldry.model.report import Report
from sygaldry.spack import commands
from sygaldry.spack.activation import BASE_PATH, Activation, key_of, parse_activation
from sygaldry.spack.lock import canonical
from sygaldry.spack.provenance import digest

Run = Callable[[Command], Completed]


def env_activate(environment: Environment, store: Store, resolved: Resolved, run: Run) -> Report:
    """Return the path of the script; update it first if it is out of date."""
    path = script_path(store, environment.folder)
    key = _key(environment, store)
    stamp = _stamp(environment, store, run)
    if not _is_store_writable(store):
        path = private_script_path(store, environment.folder)
    text = files.read_if_there(path) or ""
    if key_of(text) == key:
        # Only times changed: Spack writes the same lock again after every install.
        text = re.sub(r"\A# stamp .*\n", lambda _: f"# stamp {stamp}\n", text)
    else:
        text = _compute(environment, store, resolved, run).script(stamp, key)
    for folder in (path.parent.parent, path.parent):
        files.make_folder(folder)
    files.replace(path, text, 0o644)
    return Report({"script": str(path), "key": key}, (str(path),))


def script_path(store: Store, folder: Path) -> Path:
    """Name the script as container/spack.sh does."""
    return store.own / "activation" / (str(folder).replace("/", "%") + ".sh")


def private_script_path(store: Store, folder: Path) -> Path:
    """Name the script for a store without write access, as container/spack.sh does."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache, "sygaldry", "activation", f"{store.here}{folder}".replace("/", "%") + ".sh")


def _is_store_writable(store: Store) -> bool:
    """Check whether the script can be kept in the store, with the same test as container/spack.sh."""
    return os.access(store.own if store.own.is_dir() else store.here, os.W_OK)


def _key(environment: Environment, store: Store) -> str:
    link = environment.view_link(store)
    target = str(link.readlink()) if link is not None and link.is_symlink() else ""
    return digest("\n".join((canonical(environment.lock), environment.source_text, target, str(store.here))))


def _stamp(environment: Environment, store: Store, run: Run) -> str:
    """Describe the files with the same program as the shell, so that both agree."""
    link = environment.view_link(store)
    paths = [environment.lock_path, environment.source, *([link] if link else [])]
    done = run(Command(("stat", "-c", "%n %s %y %i", *(str(path) for path in paths))))
    return "|".join(done.out.splitlines())


def _compute(environment: Environment, store: Store, resolved: Resolved, run: Run) -> Activation:
    lock = environment.lock
    installed = load_database(environment, store)
    missing = [spec for spec, key in lock.roots.items() if key not in installed and not lock.nodes[key].is_external]
    if missing:
        raise NotFoundError(
            f"{environment.name} is not built yet: {len(missing)} of {len(lock.roots)} roots are missing",
            hint=environment.build_command,
        )
    spack = find_spack(resolved, store, environment, verb="env activate", wanted=lock.required_spack)
    if not (environment.folder / MANIFEST).exists():
        write_manifest(environment)
    command = commands.activation(spack, str(environment.folder))
    # With an environment of our own, Spack's additions can be distinguished.
    variables = {name: os.environ[name] for name in ("HOME", *passed_variables()) if name in os.environ}
    done = run(Command(command.argv, {"PATH": BASE_PATH, **variables}))
    if not done.ok:
        raise commands.failure(done, f"{environment.name} cannot be entered")
    return parse_activation(done.out)


def passed_variables() -> tuple[str, ...]:
    """Name the variables that recipes and Spack may read during the activation."""
    return ("SPACK_PYTHON", "TMPDIR", "LANG", "SYGALDRY_TEST_SOURCES")
