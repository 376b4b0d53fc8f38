"""Remove what an interrupted build left behind, and nothing else.

Docker's legacy builder leaves running containers when its client is killed. The log of the build names them, and the
engine confirms each by a host name that only this build has. BuildKit and podman clean up by themselves.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING

from sygaldry.host import files
from sygaldry.host.run import run
from sygaldry.image.builder import LEGACY
from sygaldry.image.command import Build, created_layers, started_containers
from sygaldry.model.command import Command
from sygaldry.model.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterable

# An engine releases the container of a cancelled build a moment later.
_PAUSES_S = (0, 0.2, 0.5, 1, 2, 4)
_LONGEST_IDENTITY = 64
_TIMEOUT_S = 60


def marker_of(log: str) -> str:
    """Return the file that exists while a build runs, or was killed; it is locked while the build runs."""
    return f"{log}.build"


def marker_text(engine: str, build: Build) -> bytes:
    """Format what a marker says: which build a log belongs to, for the case that this process is killed."""
    return json.dumps({"engine": engine, "build": build.identity, "builder": build.builder}).encode()


def remove_containers(engine: str, build: Build, log: str) -> None:
    """Remove the containers that this very build started and that still exist."""
    if build.builder != LEGACY:
        return
    for pause_s in _PAUSES_S:
        sleep(pause_s)
        confirmed = [each for each in started_containers(read_log(log)) if _is_of_build(engine, each, build)]
        for each in confirmed:
            run(Command((engine, "rm", "--force", each), timeout_s=_TIMEOUT_S))
        if not confirmed and pause_s:
            return


def clean_up_killed_builds(folder: Path) -> None:
    """Remove the containers and markers of builds whose process was killed."""
    for marker in folder.glob("*.log.build"):
        log = str(marker).removesuffix(".build")
        with files.locked(str(marker), wait=False) as lock:
            if lock is None:
                continue  # that build is running
            if parsed := _parse(marker):
                remove_containers(*parsed, log)
            marker.unlink(missing_ok=True)


def remove_replaced_layers(engine: str, folder: Path) -> None:
    """Remove untagged layers that finished builds of this storage root created and that no image needs any more."""
    logs = [each for each in folder.glob("*.log") if not Path(marker_of(str(each))).exists()]
    ours = {each for log in logs for each in created_layers(read_log(str(log)))}
    listed = run(
        Command((engine, "images", "--quiet", "--no-trunc", "--filter", "dangling=true"), timeout_s=_TIMEOUT_S)
    )
    for identity in dict.fromkeys(listed.out.split()):
        plain = identity.removeprefix("sha256:")
        if any(plain.startswith(each) for each in ours):
            # Without --force: the engine keeps what a container or another image uses.
            run(Command((engine, "rmi", identity), timeout_s=_TIMEOUT_S))


def read_log(log: str) -> Iterable[str]:
    """Return the lines of a log, which is read in bounded pieces."""
    try:
        return (files.read_if_there(log) or "").splitlines()
    except StorageError:
        return ()


def _is_of_build(engine: str, container: str, build: Build) -> bool:
    asked = run(
        Command((engine, "inspect", "--format", "{{json .HostConfig.ExtraHosts}}", container), timeout_s=_TIMEOUT_S)
    )
    try:
        hosts = json.loads(asked.out) if asked.ok else None
    except ValueError:
        return False
    return isinstance(hosts, list) and f"{build.mark}:127.0.0.1" in hosts


def _parse(marker: Path) -> tuple[str, Build] | None:
    """Read a marker; one that cannot be read belongs to nothing that could be removed."""
    try:
        facts = json.loads(files.read_if_there(marker, follow_links=False) or "{}")
        engine, identity, builder = (str(facts[name]) for name in ("engine", "build", "builder"))
    except (StorageError, ValueError, KeyError, TypeError):
        return None
    if engine not in ("docker", "podman") or not identity.isalnum() or len(identity) > _LONGEST_IDENTITY:
        return None
    return engine, Build(identity, builder)


def remove_old_files(folder: Path, most_logs: int) -> None:
    """Remove the contexts of killed builds and the oldest logs; a running build locks its marker."""
    running = [each for each in folder.glob("*.log.build") if each.exists()]
    for each in folder.glob(".context-*"):
        if not any(Path(str(marker).removesuffix(".log.build")).name in each.name for marker in running):
            _remove_tree(each)
    for each in sorted(folder.glob("*.log"))[:-most_logs]:
        if not Path(marker_of(str(each))).exists():
            os.unlink(each)


def _remove_tree(folder: Path) -> None:
    from shutil import rmtree

    rmtree(folder, ignore_errors=True)
