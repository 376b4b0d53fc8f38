"""Tell the state of a run in one line."""

import os
import time
from typing import Any

from sygaldry import progress
from sygaldry.flows.job.lookup import Seen, boottime, look, names_of
from sygaldry.host.logs import open_log
from sygaldry.jobs import estimate, events
from sygaldry.jobs.history import good_runs, profiles
from sygaldry.jobs.status_line import duration, size, status_line
from sygaldry.model.errors import SygaldryError
from sygaldry.model.report import Json, Report
from sygaldry.model.timestamps import seconds_of
from sygaldry.supervisor.status_line import visible_line


def job_status(folder: str, job: str, run: str = "", since: str = "") -> Report:
    """Report a run's state, worked out from evidence; `since` is a cursor of an earlier answer."""
    seen = look(names_of(folder, job, run))
    data = facts(seen)
    if since and since == data["cursor"]:
        return Report({"unchanged": True, "cursor": since}, ("unchanged",))
    return Report(data, (line(seen, data),))


def line(seen: Seen, data: dict[str, Json]) -> str:
    """Format the line of a run."""
    eta = data["eta_s"]
    done = f"{data['done']}/{data['total']}" if data.get("total") else ""
    fields = {
        "job": seen.names.job,
        "run": seen.names.run,
        "ts": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "state": seen.truth.state,
        "rc": "-" if seen.truth.code is None else str(seen.truth.code),
        "up": duration(_number(data["elapsed_s"])),
        "try": "" if not data["retries"] else f"{seen.attempt}/{_number(data['retries']) + 1:.0f}",
        "done": done,
        "eta": "" if eta is None else duration(_number(eta)),
        "by": "" if seen.truth.by == "-" else seen.truth.by.value,
        "silent": duration(_number(data["silent_s"])) if _number(data["silent_s"]) >= 30 else "",
        "log": size(_number(data["log_bytes"])),
    }
    return status_line(fields, str(seen.truth.why or data["step"])).rstrip("\n")


def facts(seen: Seen) -> dict[str, Json]:
    """Gather what is known of a run as data."""
    state = seen.truth.state
    begun = events.first(seen.names.events, "started") or seen.submitted
    ended = events.last(seen.names.events, "exit") if state.final else {}
    log_bytes, changed = _log(seen.log)
    last_sign = max(changed, _log(seen.names.events)[1]) if state.final else None
    elapsed = _elapsed(begun, ended, last_sign)
    found = None if state.final else _progress(seen.log)
    left = None
    if not state.final and state.word != "START":
        left = _left(seen, elapsed, log_bytes, found.fraction if found else None)
    return {
        "job": seen.names.job,
        "run": seen.names.run,
        "state": state.value,
        "final": state.final,
        "rc": seen.truth.code,
        "by": seen.truth.by.value,
        "why": seen.truth.why,
        "attempt": seen.attempt,
        "retries": int(seen.submitted.get("retries", 0) or 0),
        "elapsed_s": round(elapsed, 1),
        "done": found.done if found else None,
        "total": found.total if found and found.total else None,
        "phase": found.phase if found else "",
        "step": "" if state.final else (found.step if found and found.step else visible_line(_newest(seen.log))),
        "eta_s": None if left is None else round(left, 1),
        "silent_s": 0 if state.final or not changed else round(max(time.time() - changed, 0), 1),
        "log_bytes": log_bytes,
        "log": seen.log,
        "runtime": str(seen.submitted.get("runtime", "")),
        "cursor": f"{seen.names.run}.{seen.attempt}.{state.value}.{log_bytes}",
    }


def _elapsed(begun: dict[str, Any], ended: dict[str, Any], last_sign: float | None) -> float:
    start = seconds_of(str(begun.get("ts", "")))
    if not start:  # whoever should have written it down was killed before
        return 0.0
    if ended:
        return max(seconds_of(str(ended.get("ts", ""))) - start, 0.0)
    if last_sign is not None:  # it left no word of its end: the last thing it printed is the last sign of it
        return max(last_sign - start, 0.0)
    since = begun.get("boottime_s")
    return max(boottime() - since, 0.0) if isinstance(since, (int, float)) else max(time.time() - start, 0.0)


def _log(path: str) -> tuple[int, float]:
    try:
        status = os.stat(path)
    except OSError:
        return 0, 0.0
    return status.st_size, status.st_mtime


def _newest(path: str) -> bytes:
    try:
        source = open_log(path)
    except SygaldryError:
        return b""
    return source.read(max(source.size - progress.NEWEST, 0), progress.NEWEST)


def _progress(path: str) -> progress.Progress | None:
    newest = _newest(path)
    return progress.read(newest) if newest.strip() else None


def _left(seen: Seen, elapsed: float, printed: int, fraction: float | None) -> float | None:
    earlier = profiles(good_runs(seen.names.folder, seen.names.job, seen.names.run))
    return estimate.remaining_s(elapsed, printed, fraction, earlier)


def _number(value: Json) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0
