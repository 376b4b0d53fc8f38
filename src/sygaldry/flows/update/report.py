"""Report an update: what is newer, what it costs, the difference of the files, and known vulnerabilities."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sygaldry.advisories.osv import Vulnerability
from sygaldry.flows.update.proposal import Answer, Proposal
from sygaldry.flows.update.update import Update
from sygaldry.model.report import Json, Report

_MOST_DETAILS: Final = 12
_MOST_DIFF: Final = 60
_MOST_VULNERABILITIES: Final = 30
_HOUR_S: Final = 3600
_NOT_ASKED: Final = 4


def update_report(found: Update, *, apply: bool) -> Report:
    """The exit code is 0, or 4 if a part could not be asked; newer pins are no failure."""
    lines = [line for answer in found.answers for line in _answer_lines(answer)]
    for each in () if apply else found.files:
        diff = each.diff()
        lines += diff[:_MOST_DIFF]
        lines += [f"... and {len(diff) - _MOST_DIFF} more lines of {each.path}"] if len(diff) > _MOST_DIFF else []
    if found.vulnerabilities is not None:
        lines += _vulnerability_lines(found.vulnerabilities)
    lines += [f"wrote {each}" for each in found.written]
    problems = [f"could not ask for {each.part}: {each.problem}" for each in found.answers if each.problem]
    notes = [note for each in found.answers for note in each.notes]
    return Report(_data(found), tuple(lines), (*notes, *problems, *_next(found, apply=apply)), _exit_code(found))


def _exit_code(found: Update) -> int:
    return _NOT_ASKED if any(each.problem for each in found.answers) else 0


def _next(found: Update, *, apply: bool) -> Iterator[str]:
    proposals = [each for answer in found.answers for each in answer.proposals]
    if apply:
        steps = dict.fromkeys(each.next for each in proposals if each.edits and each.next)
        yield from (f"next: {each}" for each in (*steps, "sygaldry lock") if found.written)
    elif found.files:
        yield "nothing was written; to write it: sygaldry update --apply"


def _answer_lines(answer: Answer) -> Iterator[str]:
    if not answer.proposals and not answer.problem:
        yield f"{answer.part}: nothing newer"
    for each in answer.proposals:
        yield f"{each.part}: {each.name}: {each.old} -> {each.new}"
        yield from (f"    {detail}" for detail in each.details[:_MOST_DETAILS])
        if len(each.details) > _MOST_DETAILS:
            yield f"    ... and {len(each.details) - _MOST_DETAILS} more; see all: --json"
        yield from (f"    made again: {work}" for work in each.remade)
        if each.seconds:
            yield f"    estimate from history: {each.seconds / _HOUR_S:.1f} h"
        if not each.edits and each.next:
            yield f"    not written by --apply: {each.next}"


def _vulnerability_lines(found: tuple[Vulnerability, ...]) -> Iterator[str]:
    if not found:
        yield "no advisory affects what is pinned"
    for each in found[:_MOST_VULNERABILITIES]:
        fixed = f"fixed in {each.fixed}" if each.fixed else "no fixed version is known"
        yield f"vulnerable: {each.pin.ecosystem} {each.pin.name} {each.pin.version}: {each.identity}, {fixed}"
        yield from [f"    {each.summary}"] if each.summary else []
    if len(found) > _MOST_VULNERABILITIES:
        yield f"... and {len(found) - _MOST_VULNERABILITIES} more; see all: --json"


def _data(found: Update) -> dict[str, Json]:
    return {
        "proposals": [_proposal_data(each) for answer in found.answers for each in answer.proposals],
        "problems": {each.part: each.problem for each in found.answers if each.problem},
        "diff": {each.path: list(each.diff()) for each in found.files},
        "written": list(found.written),
        "vulnerabilities": None
        if found.vulnerabilities is None
        else [_vulnerability_data(each) for each in found.vulnerabilities],
    }


def _proposal_data(proposal: Proposal) -> Json:
    return {
        "part": proposal.part,
        "name": proposal.name,
        "old": proposal.old,
        "new": proposal.new,
        "details": list(proposal.details),
        "made_again": list(proposal.remade),
        "seconds": round(proposal.seconds),
        "writes": sorted({each.path for each in proposal.edits}),
        "next": proposal.next,
    }


def _vulnerability_data(found: Vulnerability) -> Json:
    return {
        "id": found.identity,
        "ecosystem": found.pin.ecosystem,
        "name": found.pin.name,
        "version": found.pin.version,
        "summary": found.summary,
        "fixed": found.fixed,
    }
