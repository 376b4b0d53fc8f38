"""Units of a spread build as values: one package, one job, at most a few tries."""

import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from sygaldry.host import files
from sygaldry.model.batch import Phase, SchedulerReport
from sygaldry.model.errors import StorageError
from sygaldry.model.json_text import parse_json
from sygaldry.spack.graph import above, order
from sygaldry.spack.lock import Lock

MOST_TRIES = 3
SILENT_S = 120.0


@dataclass(frozen=True)
class Unit:
    """A package that is being built by a job; `avoid` are the nodes on which earlier tries of it died."""

    hash: str
    uuid: str
    id: str = ""
    tries: int = 1
    avoid: tuple[str, ...] = ()
    node: str = ""
    ended_s: float = 0  # when its scheduler first reported the end of a job that left no result


@dataclass(frozen=True)
class Result:
    """What a unit wrote at its end."""

    ok: bool
    why: str = ""
    log: str = ""
    node: str = ""


@dataclass(frozen=True)
class Evidence:
    """What is known of a running unit; `alive_s` is the age of its last sign of life."""

    result: Result | None = None
    report: SchedulerReport | None = None
    is_answered: bool = False  # the scheduler was reached
    is_installed: bool = False
    alive_s: float = 0
    delay_s: float = 60


class Verdict:
    """What becomes of a unit."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    AGAIN = "again"


def ready(lock: Lock, todo: Collection[str], present: Collection[str], taken: Collection[str]) -> list[str]:
    """Name the packages that can be built now, longest chains first not needed: in the order of the graph.

    `taken` are running or have failed; nothing above a failure ever becomes ready, because it is never present.
    """
    left = [key for key in order(lock) if key in todo and key not in present and key not in taken]
    return [key for key in left if all(edge.hash in present or edge.hash not in todo for edge in lock.nodes[key].edges)]


def doomed(lock: Lock, todo: Collection[str], failed: Collection[str]) -> tuple[str, ...]:
    """Name what cannot be built because of a failure below it."""
    over = above(lock, failed) - set(failed)
    return tuple(key for key in order(lock) if key in todo and key in over)


def judge(unit: Unit, evidence: Evidence, now_s: float) -> tuple[str, str]:
    """Return what becomes of a unit and why. A job that is not known is no end; one that left no result is."""
    if evidence.is_installed:
        return Verdict.DONE, ""
    if evidence.result:
        waits = "installed, and not visible here yet"
        return (Verdict.RUNNING, waits) if evidence.result.ok else (Verdict.FAILED, evidence.result.why)
    if evidence.report and evidence.report.phase is Phase.ENDED:
        return _without_result(unit, evidence.report, late=now_s - unit.ended_s >= evidence.delay_s)
    if evidence.report is None and evidence.is_answered and evidence.alive_s > SILENT_S:
        return Verdict.AGAIN, "its job is not known any more and gave no sign of life"
    return Verdict.RUNNING, ""


def _without_result(unit: Unit, report: SchedulerReport, *, late: bool) -> tuple[str, str]:
    if not unit.ended_s or not late:
        return Verdict.RUNNING, "ended; its result may still become visible"
    if report.word == "CANCELLED":
        return Verdict.FAILED, "its job was cancelled"
    return Verdict.AGAIN, f"its job ended as {report.word}" + (f" on {report.node}" if report.node else "")


def again(unit: Unit, uuid: str, node: str) -> Unit:
    """Return the next try of a unit, elsewhere."""
    avoid = tuple(dict.fromkeys((*unit.avoid, node))) if node else unit.avoid
    return replace(unit, uuid=uuid, id="", tries=unit.tries + 1, avoid=avoid, node="", ended_s=0)


def save_units(path: Path, units: Iterable[Unit], facts: dict[str, Any]) -> None:
    """Write the units that run, and what `env status` shows of the whole."""
    files.replace(path, json.dumps({**facts, "units": [asdict(each) for each in units]}))


def load_units(path: Path) -> tuple[tuple[Unit, ...], dict[str, Any]]:
    """Read the units of an earlier coordinator, whose jobs may still run."""
    try:
        data = parse_json(files.read_if_there(path, follow_links=False) or "{}")
        units = tuple(Unit(**{**each, "avoid": tuple(each["avoid"])}) for each in data.get("units", ()))
    except (StorageError, ValueError, TypeError, KeyError, AttributeError):
        return (), {}
    return units, data


def load_result(path: Path) -> Result | None:
    """Read the result of a unit; None while there is none."""
    try:
        text = files.read_if_there(path, follow_links=False)
        data = parse_json(text) if text else None
        return Result(bool(data["ok"]), str(data["why"]), str(data["log"]), str(data["node"])) if data else None
    except (StorageError, ValueError, TypeError, KeyError):
        return None
