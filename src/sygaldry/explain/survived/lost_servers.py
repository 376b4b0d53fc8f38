"""Errors of a client whose server runs on the same machine and is gone: what ended the server stands above."""

from collections.abc import Sequence
from typing import Final

from sygaldry.diagnosis._wrappers import is_wrapper
from sygaldry.explain.match_rules import Match
from sygaldry.explain.scan import Raw
from sygaldry.explain.text import clean
from sygaldry.model.lazy_pattern import lazy_pattern

_LOST: Final = lazy_pattern(
    r"(?i)\bconnection\b.{0,120}\b(?:refused|reset|closed|aborted)\b|\bECONNRE(?:FUSED|SET)\b|\b(?:couldn't|could not|cannot|can't|unable to|failed to) connect\b"
    r"|\b(?:server|service|daemon|container|database|broker|cluster|api|app(?:lication)?|backend)\b.{0,30}\b(?:did(?: not|n't)|never|failed to|could not|is not) (?:come up|start(?:ed)?|be(?:come|came)? (?:up|ready|healthy|available)|respond|reachable)\b"
    r"|\btimed out waiting for (?:the condition|http|\w{1,20} to (?:be|become|start))\b|\bempty reply from server\b|\bsocket hang up\b|\bserver (?:closed the connection|has gone away)\b|\bis the server running\b"
)
_LOCAL: Final = lazy_pattern(r"\b127\.0\.0\.1\b|\blocalhost\b|\[?::1\]|\b0\.0\.0\.0\b|\bsocket [\"']?/")
_ADDRESS: Final = lazy_pattern(
    r"\w://|\b\d{1,3}(?:\.\d{1,3}){3}\b|\b[\w-]{1,60}\.(?:[a-z]{2,12}|[\w-]{1,60}\.\w{1,12})\b"
)
# How a server's own log is introduced.
_HEADING: Final = lazy_pattern(
    r"(?i)\b(?:docker|podman|kubectl|compose|journalctl)\b.{0,60}\blogs?\b|\S\.log\b\W{0,6}$|\b(?:server|container|service|last lines of)\b.{0,40}\blogs?\b\W{0,6}$"
    r"|^-+ Captured (?:stderr|stdout|log) \w{1,10} -+$|\b(?:start(?:ed|ing)) (?:\w{1,20} )?server\b"
)
_NOT_STARTED: Final = lazy_pattern(r"(?i)\b(?:could not|failed to|cannot|can't|unable to) start\b")
_MARGIN: Final = lazy_pattern(r"\s{0,4}\| ")
_CLIENTS: Final = frozenset({"network", "web"})
_EXCEPTIONS: Final = "python"
_REASON: Final = 62  # a rule of this weight names a reason, or is a program's own last word
_FAR: Final = 400  # lines between a server's end and what its clients say


def is_of_a_client(each: Match) -> bool:
    """Return whether an error says that no server answers on this machine, or names no machine at all."""
    text = each.hit.line.text[:600]
    return bool(_LOST.search(text)) and bool(_LOCAL.search(text) or not _ADDRESS.search(text))


def lost_servers(hits: Sequence[Match], own: Sequence[Match], tail: Sequence[Raw] = ()) -> list[int]:
    """Return the lines of clients below an error of the `own` ones, which the job did not survive.

    The log of the server may be quoted below its clients, at the end of the log of the job, whose last lines are `tail`.
    """
    reasons = [
        each
        for each in own
        if (each.hit.rule.weight >= _REASON or _NOT_STARTED.search(each.hit.line.text[:600]))
        and each.name not in _CLIENTS
        and not is_wrapper(each.hit.line.text)
        and not _LOST.search(each.hit.line.text[:600])
    ]
    if not reasons:
        return []
    clients = [each.hit.line.number for each in hits if is_of_a_client(each)]
    below = [each for each in reasons if clients and each.hit.line.number > clients[0]]
    if below and _is_quoted(clients[0], below, tail):
        return clients
    return [
        each.hit.line.number
        for each in hits
        if is_of_a_client(each) and any(_may_end(reason, each) for reason in reasons)
    ]


def _is_quoted(after: int, reasons: Sequence[Match], tail: Sequence[Raw]) -> bool:
    """Return whether an error stands in the log of a server that is printed after line `after`."""
    if any(_MARGIN.match(each.hit.line.text) for each in reasons):
        return True
    last = reasons[-1].hit.line.number
    return any(after < raw.number < last and _HEADING.search(clean(raw.raw)) for raw in tail)


def _may_end(reason: Match, each: Match) -> bool:
    """Return whether an error may have ended the server; of two exceptions, one may be chained to the other."""
    above = 0 < each.hit.line.number - reason.hit.line.number <= _FAR
    return above and not reason.name == each.name == _EXCEPTIONS
