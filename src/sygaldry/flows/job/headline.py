"""The short answers of `status` and `wait`: what the caller does not know yet, and the cause of a failure."""

import contextlib
import os
import re
from typing import Final

from sygaldry.flows.job.facts import line
from sygaldry.flows.job.lookup import RunSnapshot
from sygaldry.host import files
from sygaldry.model.errors import SygaldryError
from sygaldry.model.job import State
from sygaldry.model.report import Json
from sygaldry.supervisor.safe_files import read_head, size_of

_HEAD: Final = re.compile(r"(?P<word>\w+) job=(?P<job>\S+) run=\S+ ts=\S+ state=(?P<state>\S+)")
_LONGEST: Final = 160
_NONE: Final = "-"  # kept where no cause was found
_LARGEST_LOG: Final = 64 << 20  # a larger log is explained on request: `job explain`
_EXPLAINED: Final = (State.FAILED, State.OOM, State.TIMEOUT, State.LOST)


def short_lines(snapshot: RunSnapshot, data: dict[str, Json], *, named: bool = False) -> tuple[str, ...]:
    """Format a run without what the caller typed (job, run) and knows (time); `named` keeps the job of several."""
    text = _HEAD.sub(lambda head: _short_head(head, named=named), line(snapshot, data), count=1)
    cause = cause_of(snapshot)
    return (text, f"  cause: {cause}") if cause else (text,)


def cause_of(snapshot: RunSnapshot) -> str:
    """Return the first line of the cause of a failure, found once and then kept beside the host's record."""
    if snapshot.state not in _EXPLAINED:
        return ""
    kept = snapshot.paths.cause
    if kept and (raw := read_head(kept, 4 * _LONGEST)):
        return raw.decode("utf-8", "replace").strip().removeprefix(_NONE)
    found = _explained(snapshot)
    if kept and snapshot.verdict.is_observed:
        with contextlib.suppress(SygaldryError):
            files.replace(kept, f"{found or _NONE}\n")
    return found


def _short_head(head: "re.Match[str]", *, named: bool) -> str:
    words = [head["word"], *([f"job={head['job']}"] if named else [])]
    if head["state"] != head["word"]:
        words.append(f"state={head['state']}")
    return " ".join(words)


def _explained(snapshot: RunSnapshot) -> str:
    size = size_of(snapshot.log)
    if size > _LARGEST_LOG or not os.path.exists(snapshot.log):
        return ""
    from sygaldry import explain
    from sygaldry.explain.format_answer import BY_EXIT
    from sygaldry.flows.job.explain import facts_of, noise_of
    from sygaldry.host.logs import open_log

    facts = facts_of(snapshot)
    if not size and not facts.disk_full:
        return ""
    try:
        cause = explain.explain(open_log(snapshot.log, follow_links=False), facts, noise_of(snapshot))
    except SygaldryError:
        return ""
    if cause is None or not cause.identified:  # a guess is for `job explain`, which says so
        return ""
    if cause.family == BY_EXIT or not cause.lines:  # the lines are only the last ones
        return cause.says[:_LONGEST] if facts.disk_full else ""
    first = cause.lines[0]
    return f"{first.text.strip()[:_LONGEST]} (line {first.number})"
