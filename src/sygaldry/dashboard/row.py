"""One run as a row of the list: from its status line while it is alive, from its facts once it has ended."""

from __future__ import annotations

from calendar import timegm
from dataclasses import dataclass
from time import strptime
from typing import TYPE_CHECKING, Final, NamedTuple

from sygaldry.flows.job.facts import facts
from sygaldry.flows.job.lookup import RunSnapshot, inspect_or_unknown
from sygaldry.flows.job.scheduled.ask import COMMON_S
from sygaldry.jobs import events
from sygaldry.model.errors import SygaldryError
from sygaldry.model.job import State
from sygaldry.supervisor.safe_files import read_head, size_of

if TYPE_CHECKING:
    from sygaldry.jobs.paths import RunFiles
    from sygaldry.model.report import Json

_LONGEST_CAUSE: Final = 400
_LONGEST_TEXT: Final = 200
_LEDGER_HEAD: Final = 64 << 10
_LONGEST_FAMILY: Final = 40


class RunKey(NamedTuple):
    """The id of a run; the run comes first, so that keys sort by age."""

    run: str
    project: str
    job: str

    @property
    def path(self) -> str:
        """The part of an address that names it."""
        return f"{self.project}/{self.job}/{self.run}"

    @property
    def element(self) -> str:
        """Its id within a page."""
        return f"run-{self.project}-{self.job}-{self.run}"


@dataclass(frozen=True, slots=True)
class Row:
    """What the list shows of a run."""

    key: RunKey
    state: str
    final: bool
    text: str = ""  # the cause, the reason of the end, or the newest line
    code: int | None = None
    elapsed_s: float = 0.0
    log_bytes: int = 0
    done: str = ""
    share: float = -1.0  # of the work; below 0 it is unknown
    eta: str = ""
    gpu: str = ""
    attempt: int = 1
    retries: int = 0
    family: str = ""  # the kind of the first error that was recorded while it ran

    @property
    def word(self) -> str:
        """The group of its state, for styles."""
        return word_of(self.state)


def word_of(state: str) -> str:
    """Return the group of a state: good, neutral, bad or busy."""
    if state == "DONE":
        return "good"
    if state in ("STOPPED", "UNKNOWN"):
        return "neutral"
    return "bad" if State(state).final else "busy"


def load_row(key: RunKey, paths: RunFiles) -> Row:
    """Read a run; one whose files cannot be read is UNKNOWN. The engine is not queried: a list must not wait for it."""
    snapshot = inspect_or_unknown(paths, asks_engine=False, answer_age_s=COMMON_S)
    try:
        return _of_facts(key, snapshot) if snapshot.state.final or not snapshot.status else _of_status(key, snapshot)
    except (SygaldryError, OSError, ValueError, TypeError, ArithmeticError) as error:
        return Row(key, "UNKNOWN", final=False, text=f"its files cannot be read: {error}"[:_LONGEST_TEXT])


def _of_facts(key: RunKey, snapshot: RunSnapshot) -> Row:
    known = facts(snapshot)
    cause = read_head(snapshot.paths.cause, _LONGEST_CAUSE).decode("utf-8", "replace").strip().removeprefix("-")
    why = "" if snapshot.state == "DONE" else str(known["why"])
    return Row(
        key,
        snapshot.state.value,
        snapshot.state.final,
        (cause or why or str(known["step"]))[:_LONGEST_TEXT],
        snapshot.code,
        _number(known["elapsed_s"]),
        int(_number(known["log_bytes"])),
        gpu=str(snapshot.submitted.get("gpu", ""))[:_LONGEST_TEXT],
        attempt=snapshot.attempt,
        retries=snapshot.attempt - 1,
        family="" if snapshot.state == "DONE" else _family(snapshot),
    )


def _family(snapshot: RunSnapshot) -> str:
    """Return the kind of the first error near the start of the ledger: the log is not read for it."""
    for event in events.parse_events(read_head(snapshot.paths.events, _LEDGER_HEAD)):
        if event["event"] == "error":
            return str(event.get("kind", ""))[:_LONGEST_FAMILY]
    return ""


def _of_status(key: RunKey, snapshot: RunSnapshot) -> Row:
    """Read what the supervisor last wrote: a parse of the log for each row would cost a core."""
    status = snapshot.status
    done = status.get("done", "")
    count, _, total = done.partition("/")
    known = count.isdecimal() and total.isdecimal() and int(total) > 0
    return Row(
        key,
        snapshot.state.value,
        snapshot.state.final,
        (snapshot.why or status.get("step", ""))[:_LONGEST_TEXT],
        snapshot.code,
        seconds_since(key.run),
        size_of(snapshot.log),
        done if known else "",
        min(int(count) / int(total), 1.0) if known else -1.0,
        status.get("eta", ""),
        status.get("gpu", "") or str(snapshot.submitted.get("gpu", ""))[:_LONGEST_TEXT],
        snapshot.attempt,
        snapshot.attempt - 1,
    )


def began_s(run: str) -> float:
    """Return when a run was submitted, as Unix seconds, by its id."""
    return timegm(strptime(run[:15], "%Y%m%dT%H%M%S"))


def seconds_since(run: str) -> float:
    """Return the age of a run."""
    import time

    return max(time.time() - began_s(run), 0.0)


def _number(value: Json) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0
