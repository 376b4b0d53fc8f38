"""Propose newer pins for everything that a project locks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sygaldry.advisories.osv import Vulnerability, vulnerabilities
from sygaldry.config.resolve import Resolved
from sygaldry.flows.image.archives import archives_for
from sygaldry.flows.lock.file import load_lock, lock_path
from sygaldry.flows.update.advisories import read_advisories
from sygaldry.flows.update.apply import Written, planned, write
from sygaldry.flows.update.base import base_answer
from sygaldry.flows.update.models import models_answer
from sygaldry.flows.update.pins import pins_of
from sygaldry.flows.update.proposal import PARTS, Answer
from sygaldry.flows.update.request import LockedProject, UpdateRequest
from sygaldry.flows.update.toolchains import Network, release_answer
from sygaldry.flows.update.wheels import wheels_answer
from sygaldry.host.download import digest_of
from sygaldry.host.http import fetch
from sygaldry.host.run import run
from sygaldry.lockfile.lock import ProjectLock
from sygaldry.model.errors import MachineNotReadyError


@dataclass(frozen=True)
class Update:
    """What an update found: the answers of its parts, the files as they would be, and what was written of them."""

    answers: tuple[Answer, ...]
    files: tuple[Written, ...]
    written: tuple[str, ...]
    vulnerabilities: tuple[Vulnerability, ...] | None = None  # None: no advisories were given


def update(
    request: UpdateRequest, resolved: Resolved, workspace: str, report_progress: Callable[[str], None]
) -> Update:
    """Ask for each part, and write only with `apply`. Raises NotFoundError without a lock, LockError or StorageError.

    A part that cannot be asked says so in its answer; the others are asked nevertheless.
    """
    if resolved.settings.offline:
        raise MachineNotReadyError("an update asks registries, and --offline forbids it", hint="leave --offline out")
    lock = load_lock(lock_path(workspace))
    known = None
    if request.advisories is not None:
        report_progress(f"reading the advisories in {request.advisories}")
        known = vulnerabilities(read_advisories(request.advisories), tuple(pins_of(resolved, workspace, lock)))
    answers = []
    for part in PARTS:
        if part in request.parts:
            report_progress(f"asking for {PARTS[part]}")
            answers.append(_answer(part, request, resolved, workspace, lock))
    plan = planned(proposal for answer in answers for proposal in answer.proposals)
    return Update(tuple(answers), plan, tuple(write(plan)) if request.apply else (), known)


def _answer(part: str, request: UpdateRequest, resolved: Resolved, workspace: str, lock: ProjectLock) -> Answer:
    sources = request.sources
    match part:
        case "base":
            mirror = sources.get("debian", "")
            return base_answer(resolved, workspace, lock, lambda: archives_for(resolved, mirror), fetch)
        case "wheels":
            return wheels_answer(workspace, lock, sources.get("pypi", ""), run)
        case "models":
            return models_answer(workspace, lock, sources.get("huggingface", ""), fetch)
        case _:
            project = LockedProject(resolved, workspace, lock)
            return release_answer(part, request, project, Network(fetch, digest_of))
