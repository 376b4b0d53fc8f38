"""Ledgers of runs made by hand, as the supervisor and the host would have written them."""

import json
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sygaldry.jobs.paths import RunFiles, new_run
from sygaldry.model.marker import Marker
from sygaldry.model.storage import FOLDERS, JOBS


@dataclass(frozen=True)
class FakeRun:
    """What a run left behind; a `state` that is not final has no exit event."""

    job: str
    state: str = "DONE"
    code: int = 0
    age_s: float = 600.0
    run: str = ""  # its run ID, if it must have a certain one
    log: bytes = b"one\ntwo\n"
    command: str = "make all"
    why: str = ""
    events: Iterable[Mapping[str, Any]] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


def make_project(root: Path, project: str, workspace: Path | None = None) -> Path:
    """Make the storage of a project; return the folder of its jobs."""
    for name in (*FOLDERS, JOBS, ".sygaldry/jobs"):
        (root / project / name).mkdir(parents=True, exist_ok=True)
    here = str(workspace or root)
    (root / project / ".sygaldry" / "project").write_text(Marker(project, (here,), ("/",)).text())
    return root / project / JOBS


def make_run(folder: Path, run: FakeRun) -> RunFiles:
    """Write the files of a run."""
    began = time.time() - run.age_s
    id_ = run.run or new_run(int(began * 1e9))
    own = folder / f"{run.job}-{id_}"
    own.mkdir()
    paths = RunFiles(str(folder), run.job, id_)
    submitted = {
        "event": "submitted",
        "command": run.command,
        "runtime": "sandbox",
        "host": os.uname().nodename,
        "boot_id": Path("/proc/sys/kernel/random/boot_id").read_text().strip(),
        "boottime_s": 1.0,
        "retries": 0,
        **run.facts,
    }
    started = {"event": "started", "pid": 4}
    ended = {"event": "exit", "state": run.state, "rc": run.code, "by": "job", "why": run.why, "attempt": 1}
    last = () if run.state in ("PROGRESS", "START") else (ended,)
    Path(paths.events).write_text(_lines(began, (submitted, started, *run.events, *last)))
    Path(paths.record).write_text(_lines(began, (submitted, *last)))
    Path(paths.request).write_text(json.dumps({"job": run.job, "run": id_, "argv": ["sh", "-c", run.command]}))
    Path(paths.log()).write_bytes(run.log)
    return paths


def _lines(began: float, events: Iterable[Mapping[str, Any]]) -> str:
    lines = []
    for number, event in enumerate(events):
        at = began + 10 * number
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + f".{int(at % 1 * 1000):03}Z"
        lines.append(json.dumps({"v": 1, "seq": number + 1, "ts": stamp, "offset": 0, **event}) + "\n")
    return "".join(lines)
