"""Gather the facts of a run, and format them as its status line."""

import os
import stat
import time
from collections import Counter
from typing import Any

from sygaldry import progress
from sygaldry.flows.job.lookup import RunSnapshot
from sygaldry.flows.job.scheduled.elements import last_end_s
from sygaldry.host.boot import boottime
from sygaldry.host.locks import is_held
from sygaldry.jobs import counts, estimate, events
from sygaldry.jobs.estimate import Position
from sygaldry.jobs.history import earlier_runs, good_runs
from sygaldry.jobs.status_line import duration, size, status_line
from sygaldry.model.report import Json
from sygaldry.model.timestamps import seconds_of
from sygaldry.supervisor.safe_files import read_tail
from sygaldry.supervisor.status_line import estimate as estimated
from sygaldry.supervisor.status_line import visible_line


def line(snapshot: RunSnapshot, data: dict[str, Json]) -> str:
    """Format the status line of a run."""
    done = f"{data['done']}/{data['total']}" if data.get("total") else ""
    total = None if data.get("elements") else data.get("total")  # the elements of an array are not estimated
    fields = {
        "job": snapshot.paths.job,
        "run": snapshot.paths.run,
        "ts": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "state": snapshot.state,
        "rc": "-" if snapshot.code is None else str(snapshot.code),
        "up": duration(_number(data["elapsed_s"])),
        "try": "" if not data["retries"] else f"{snapshot.attempt}/{_number(data['retries']) + 1:.0f}",
        "done": done,
        "eta": "" if data["final"] else estimated(data["eta_low_s"], data["eta_high_s"], total),
        "host": str(data["host"]),
        "by": "" if snapshot.by == "-" else snapshot.by.value,
        "silent": duration(_number(data["silent_s"])) if _number(data["silent_s"]) >= 30 else "",
        "log": size(_number(data["log_bytes"])),
        "evidence": "inside" if data["evidence"] == "inside" and not is_held(snapshot.paths.host_lock) else "",
    }
    return status_line(fields, str(snapshot.why or data["step"])).rstrip("\n")


def facts(snapshot: RunSnapshot) -> dict[str, Json]:
    """Gather the facts of a run as data."""
    state = snapshot.state
    begun = events.first(snapshot.paths.events, "started") or snapshot.submitted
    ended = events.last(snapshot.paths.events, "exit") if state.final else {}
    log_bytes, changed = _log(snapshot.log)
    last_sign = max(changed, _log(snapshot.paths.events)[1], last_end_s(snapshot.paths)) if state.final else None
    elapsed = _elapsed(begun, ended, last_sign)
    found = None if state.final else _progress(snapshot.log)
    finished = sum(each.state.final for each in snapshot.elements) if snapshot.elements else None
    tally: dict[str, Json] = dict(Counter(each.state.value for each in snapshot.elements))
    silent = 0.0 if state.final or not changed else max(time.time() - changed, 0)
    left = None
    if not state.final and state.word != "START":
        began = seconds_of(str(begun.get("ts", "")))
        left = _left(snapshot, Position(elapsed, log_bytes, counts.count_of(found), silent_s=silent), began)
    return {
        "job": snapshot.paths.job,
        "run": snapshot.paths.run,
        "state": state.value,
        "final": state.final,
        "rc": snapshot.code,
        "by": snapshot.by.value,
        "why": snapshot.why,
        "attempt": snapshot.attempt,
        "retries": int(snapshot.submitted.get("retries", 0) or 0),
        "elapsed_s": round(elapsed, 1),
        "done": found.done if found else finished,
        "total": (found.total if found else len(snapshot.elements)) or None,
        "phase": found.phase if found else "",
        "step": "" if state.final else (found.step if found and found.step else visible_line(_newest(snapshot.log))),
        "eta_s": None if left is None else round(left.middle_s, 1),
        "eta_low_s": None if left is None else round(left.low_s, 1),
        "eta_high_s": None if left is None else round(left.high_s, 1),
        "silent_s": round(silent, 1),
        "log_bytes": log_bytes,
        "log": snapshot.log,
        "host": str(begun.get("node", "")),
        "runtime": str(snapshot.submitted.get("runtime", "")),
        "evidence": "" if not state.final else "host" if snapshot.verdict.is_observed else "inside",
        "cursor": ".".join(
            (snapshot.paths.run, str(snapshot.attempt), state.value, str(log_bytes), *map(str, tally.values()))
        ),
        **({"elements": tally} if tally else {}),
    }


def _elapsed(begun: dict[str, Any], ended: dict[str, Any], last_sign: float | None) -> float:
    start = seconds_of(str(begun.get("ts", "")))
    if not start:  # the writer was killed before it recorded the start
        return 0.0
    if ended:
        return max(seconds_of(str(ended.get("ts", ""))) - start, 0.0)
    if last_sign is not None:  # no exit event: its last output is the last sign of life
        return max(last_sign - start, 0.0)
    since = begun.get("boottime_s")
    return max(boottime() - since, 0.0) if isinstance(since, (int, float)) else max(time.time() - start, 0.0)


def _log(path: str) -> tuple[int, float]:
    try:
        status = os.lstat(path)
    except OSError:
        return 0, 0.0
    return (status.st_size, status.st_mtime) if stat.S_ISREG(status.st_mode) else (0, 0.0)


def _newest(path: str) -> bytes:
    return read_tail(path, progress.NEWEST)


def _progress(path: str) -> progress.Progress | None:
    newest = _newest(path)
    return progress.read(newest) if newest.strip() else None


def _left(snapshot: RunSnapshot, now: Position, began: float) -> estimate.Remaining | None:
    """Estimate the remaining seconds; a count that newer output hides is taken from the ledger."""
    paths = snapshot.paths
    counted = counts.recorded(paths.events, began)
    count = now.counted or (counted[-1].counted if counted else None)
    marks = counts.marks_of(counted, count) if count else ()
    silent_s = min(now.silent_s, now.elapsed_s)
    middle = counts.middle_of(marks, now.elapsed_s - silent_s)
    now = now._replace(counted=count, first=next(iter(marks), None), middle=middle, silent_s=silent_s)
    return estimate.remaining(now, earlier_runs(good_runs(paths.folder, paths.job, paths.run)))


def _number(value: Json) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0
