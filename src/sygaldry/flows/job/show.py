"""Show everything that is known of a run: request, times, machine, limits, attempts, files."""

import os
from dataclasses import fields
from typing import Final

from sygaldry import schedulers
from sygaldry.flows.job.facts import facts
from sygaldry.flows.job.headline import cause_of
from sygaldry.flows.job.lookup import all_runs, find_run, inspect_run
from sygaldry.flows.job.record import read_request, run_files
from sygaldry.flows.job.scheduled.record import load_record
from sygaldry.jobs import events
from sygaldry.jobs.limits import Limits, parse_limits
from sygaldry.jobs.paths import RunFiles
from sygaldry.jobs.status_line import duration
from sygaldry.model.report import Json, Report

_MOST_EARLIER: Final = 10
_SUBMITTED: Final = ("command", "entrypoint", "runtime", "image", "container", "gpu", "commit")
# What a scheduled run may ask for, beside the limits.
_REQUESTED: Final = (
    "partition", "account", "qos", "reservation", "constraint", "gres", "cpus", "memory", "gpus", "nodes", "tasks",
    "begin", "nice", "requeue", "array",
)  # fmt: skip


def job_show(folder: str, job: str, run: str = "") -> Report:
    """Report a run for people, a line a fact, and as data."""
    snapshot = inspect_run(find_run(folder, job, run))
    known, request = facts(snapshot), read_request(snapshot.paths)
    limits = parse_limits(request)
    changed: dict[str, Json] = {
        each.name: value if isinstance(value := getattr(limits, each.name), (int, float, str)) else list(value)
        for each in fields(Limits)
        if getattr(limits, each.name) != each.default
    }
    started = events.first(snapshot.paths.events, "started")
    ended = events.last(snapshot.paths.events, "exit") if snapshot.state.final else {}
    prepared = events.last(snapshot.paths.events, "prepared")
    data: dict[str, Json] = {
        "job": job,
        "run": snapshot.paths.run,
        "state": known["state"],
        "rc": known["rc"],
        "by": known["by"],
        "why": known["why"],
        "cause": cause_of(snapshot),
        "evidence": known["evidence"],
        **{name: str(snapshot.submitted.get(name, "")) for name in _SUBMITTED},
        "host": str(known["host"] or snapshot.submitted.get("host", "")),
        **_scheduled(snapshot.paths, str(snapshot.submitted.get("host", ""))),
        "image_id": str(prepared.get("image_id", "")),
        "image_digest": str(prepared.get("image_digest", "")),
        "image_moved": _moved_since(snapshot.paths, prepared),
        "folder": str(request.get("directory", "")),
        "submitted": str(snapshot.submitted.get("ts", "")),
        "started": str(started.get("ts", "")),
        "ended": str(ended.get("ts", "")),
        "elapsed_s": known["elapsed_s"],
        "attempts": snapshot.attempt,
        "limits": changed,
        "log": snapshot.log,
        "log_bytes": known["log_bytes"],
        "files": list(run_files(snapshot.paths)),
    }
    return Report(data, tuple(_lines(data)))


def _scheduled(paths: RunFiles, submit_host: str) -> dict[str, Json]:
    """Return which job of its scheduler a run is, and what it asked for; nothing for a run on this machine."""
    record = load_record(paths)
    if record is None:
        return {}
    title = schedulers.get(record.scheduler).title
    identity = f"job {record.handle.id}" if record.handle else "has not confirmed the job"
    words = {name: value for name in _REQUESTED if (value := {**record.settings, **record.options}.get(name))}
    requested = [f"{name}={value}" for name, value in words.items()]
    requested += [str(each) for each in record.settings.get("slurm_option") or ()]
    return {
        "scheduler": f"{title} {identity}, submitted on {submit_host}",
        "requested": " ".join(requested),
    }


def _moved_since(paths: RunFiles, prepared: events.Event) -> str:
    """Return the last earlier run whose image of the same name was another one; empty if there is none."""
    earlier = [each for each in all_runs(paths.folder, paths.job) if each.run < paths.run]
    for each in reversed(earlier[-_MOST_EARLIER:]):
        before = events.last(each.events, "prepared")
        if before.get("image") != prepared.get("image") or not before.get("image_id") or not prepared.get("image_id"):
            continue
        return f"run {each.run} used {before['image_id']}" if before["image_id"] != prepared["image_id"] else ""
    return ""


def _lines(data: dict[str, Json]) -> list[str]:
    elapsed, limits, files = data["elapsed_s"], data["limits"], data["files"]
    shown = {name: value for name, value in data.items() if name not in ("files", "limits", "elapsed_s")}
    shown["elapsed"] = duration(elapsed if isinstance(elapsed, (int, float)) else 0)
    if isinstance(limits, dict):
        shown["limits"] = " ".join(f"{name}={value}" for name, value in limits.items())
    if isinstance(files, list):
        shown["files"] = f"{len(files)} in {os.path.dirname(str(data['log']))}"
    return [f"{name:<10} {value}" for name, value in shown.items() if value not in ("", None)]
