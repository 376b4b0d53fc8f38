"""Build one package of a lock on this node, whose dependencies are installed: what a unit of a spread build runs."""

import json
import os
import threading
import time
from pathlib import Path

from sygaldry.config.resolve import Resolved
from sygaldry.flows.env.environment import Environment, Store
from sygaldry.flows.env.spack import find_spack
from sygaldry.flows.env.store import load_database
from sygaldry.host import files
from sygaldry.host.process_group import run_in_group
from sygaldry.model.errors import SygaldryError
from sygaldry.spack import commands
from sygaldry.spack.output import is_contended, parse_failure

_PERIOD_S = 1.0
_BEAT_S = 5.0
_MOST_TRIES = 10
_WAIT_S = 1.0


def env_build_part(environment: Environment, store: Store, resolved: Resolved, key: str, result: Path) -> int:
    """Install a package and write the result; Spack itself pushes it to the mirrors that say so. Returns 0 or 1."""
    beat = threading.Thread(target=_beat, args=(Path(f"{result}.alive"),), daemon=True)
    beat.start()
    try:
        why, log = _install(environment, store, resolved, key)
    except SygaldryError as error:
        why, log = f"{error.problem}; {error.hint}", ""
    facts = {"ok": not why, "why": why, "log": log, "node": os.environ.get("SLURMD_NODENAME", os.uname().nodename)}
    files.replace(result, json.dumps(facts))
    return 1 if why else 0


def _install(environment: Environment, store: Store, resolved: Resolved, key: str) -> tuple[str, str]:
    """Return why it failed and Spack's log; an empty reason if it is installed."""
    spack = find_spack(resolved, store, environment, verb="env build", wanted=environment.lock.required_spack)
    effort = commands.Effort(int(resolved.settings.build_jobs or 0))
    command = commands.install(spack, str(environment.folder), [key], effort)
    log = store.own / "logs" / f"part-{environment.name}-{key}-{os.getpid()}.log"
    for _ in range(_MOST_TRIES):
        with log.open("wb") as output:
            for _state in run_in_group(command, output, _PERIOD_S):
                pass
        if key in load_database(environment, store):
            return "", str(log)
        text = log.read_text(encoding="utf-8", errors="replace")
        if not is_contended(text):
            found = parse_failure(text)
            return found.line or found.sentence or "Spack ended without saying why", found.log or str(log)
        time.sleep(_WAIT_S)  # another process holds a lock of the store for a moment
    return "the store stayed locked by another build", str(log)


def _beat(path: Path) -> None:
    """Show that this unit lives, for a coordinator whose scheduler has forgotten it."""
    while True:
        try:
            path.touch()
        except OSError:
            return
        time.sleep(_BEAT_S)
