"""List the environments that are up."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sygaldry.flows.running.record import RUNNING, load_record, state_of
from sygaldry.flows.running.staleness import stale_reason
from sygaldry.flows.storage.project import projects_in, storage_roots
from sygaldry.model.report import Json, Report

if TYPE_CHECKING:
    from sygaldry.config.resolve import Resolved
    from sygaldry.model.machine import Machine

_UNITS = (("d", 86400), ("h", 3600), ("m", 60))


def ps(resolved: Resolved, machine: Machine, workspace: str) -> Report:
    """Report each environment of the caller's projects, running or stopped."""
    rows: list[dict[str, Json]] = []
    notes: list[str] = []
    for root in storage_roots(resolved):
        for storage in projects_in(root):
            record = load_record(storage)
            if record is None:
                continue
            state = state_of(storage, record)
            settings = resolved.settings if record.workspace == workspace else None
            stale = stale_reason(record, machine, settings) if state == RUNNING else ""
            if stale:
                notes.append(f"project {record.project} is outdated: {stale}; renew it: sygaldry down && sygaldry up")
            rows.append({
                "project": record.project,
                "runtime": record.runtime,
                "state": state,
                "stale": stale,
                "name": record.name,
                "image": record.image,
                "workspace": record.workspace,
                "age_s": round(time.time() - record.created_s),
            })  # fmt: skip
    lines = tuple(
        f"{each['project']:20} {each['runtime']:8} {each['state']:8} {_age(each['age_s']):>5}  {each['workspace']}"
        for each in rows
    )
    if not rows:
        notes.append("nothing is up; start the environment of this workspace: sygaldry up")
    return Report({"environments": list(rows)}, lines, tuple(notes))


def _age(seconds: object) -> str:
    number = seconds if isinstance(seconds, int) else 0
    return next((f"{number // size}{unit}" for unit, size in _UNITS if number >= size), f"{number}s")
