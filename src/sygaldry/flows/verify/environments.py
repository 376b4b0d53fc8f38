"""Compare the Spack environments of a lock with the store: every prefix, every file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sygaldry.config.resolve import Resolved
from sygaldry.flows.env.environment import find_store, load_environment
from sygaldry.flows.env.verify import env_verify
from sygaldry.flows.verify.finding import DIFFERS, EQUAL, UNKNOWN, Finding, Verdict, unreadable
from sygaldry.lockfile.lock import ProjectLock
from sygaldry.model.errors import SygaldryError

_AUTHOR = "anyone who may write to the store"


def verify_environments(resolved: Resolved, workspace: str, lock: ProjectLock) -> Iterator[Finding]:
    """Yield one finding for each environment; one that is not built here is unknown."""
    store = find_store(resolved, Path(workspace))
    for name in lock.of("environment"):
        folder = Path(workspace, name)
        build = f"sygaldry env build {name}"
        try:
            environment = load_environment(str(folder), resolved, Path(workspace))
            report = env_verify(environment, store)
        except SygaldryError as error:
            yield Finding("environment", name, UNKNOWN, error.problem, remedy=build)
            continue
        except OSError as error:
            yield unreadable("environment", name, error)
            continue
        if not report.data["checked"] and len(report.lines) == 1:  # no leftovers either
            yield Finding("environment", name, UNKNOWN, "it is not built here", remedy=build)
            continue
        verdict: Verdict = DIFFERS if report.exit_code else EQUAL
        details = report.lines[1:] if verdict == DIFFERS else ()
        yield Finding("environment", name, verdict, report.lines[0], details, build, _AUTHOR)
