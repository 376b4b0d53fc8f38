"""Report the outcome of a build: the counts, and for each failure the cause from its own log."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from sygaldry.flows.env.install.plan import BuildContext, labels_of
from sygaldry.flows.env.install.rounds import Outcome
from sygaldry.model.errors import SygaldryError
from sygaldry.model.report import Report
from sygaldry.spack import commands
from sygaldry.spack.graph import above
from sygaldry.spack.output import InstallFailure

_MOST_NAMES = 15
_MOST_LINES = 3


@dataclass(frozen=True)
class Failure:
    """A package that failed: why in a sentence, the lines that show it, what to try and where to read on."""

    package: str
    summary: str
    lines: tuple[str, ...] = ()
    remedy: str = ""
    log: str = ""
    is_in_log: bool = False

    def evidence(self) -> list[str]:
        """Format for people, the cause first."""
        return [
            f"failed: {self.package}: {self.summary}",
            *(f"  {line}" for line in self.lines),
            *([f"  try: {self.remedy}"] if self.remedy else []),
            *([f"  log: {self.log}"] if self.log else []),
        ]


def build_report(context: BuildContext, outcome: Outcome) -> Report:
    """Report what was built, fetched, there already, failed and skipped; exit code 1 unless everything is there."""
    environment, plan = context.environment, context.plan
    present = {*outcome.built, *outcome.by_others}
    left = set() if context.options.pull else {*plan.cached, *plan.to_build} - present
    from_cache = [key for key in outcome.built if key in plan.cached]
    built = [key for key in outcome.built if key not in plan.cached]
    failures = [_failure(environment.lock.nodes[key].label, why) for key, why in outcome.failed.items()]
    untried = left - set(outcome.failed) - set(outcome.skipped)
    counted = (
        f"{environment.name}: {len(built)} built, {len(from_cache)} from caches, {len(plan.installed)} already there, "
        f"{len(outcome.failed)} failed, {len(outcome.skipped)} skipped"
        + (f", {len(outcome.by_others)} by another build" if outcome.by_others else "")
    )
    lines = [
        counted,
        *(line for each in failures for line in each.evidence()),
        *([f"not tried: {len(untried)} packages, {outcome.ended or 'after so many failures'}"] if untried else []),
        *_skipped(context, outcome),
    ]
    return Report(
        {
            "environment": str(environment.folder),
            "built": labels_of(environment, built),
            "from_caches": labels_of(environment, from_cache),
            "by_another_build": labels_of(environment, outcome.by_others),
            "reused": labels_of(environment, plan.installed),
            "failed": {
                each.package: {
                    "why": " ".join(each.lines) or each.summary,
                    "cause": each.summary,
                    "try": each.remedy,
                    "log": each.log,
                }
                for each in failures
            },
            "skipped": labels_of(environment, outcome.skipped),
            "log": outcome.log,
        },
        tuple(lines),
        _next(context, outcome, failures),
        exit_code=1 if outcome.failed or left else 0,
    )


def _failure(package: str, why: InstallFailure) -> Failure:
    """Look for the cause in the package's own log; Spack's own message is the second choice."""
    lines: tuple[str, ...] = ()
    if why.log and os.path.exists(why.log):
        from sygaldry import diagnosis, explain  # expensive to import, and only needed here
        from sygaldry.host.logs import open_log

        try:
            cause = explain.explain(open_log(why.log), diagnosis.Facts(1))
        except SygaldryError:
            cause = None
        lines = tuple(line.text.rstrip() for line in cause.lines[:_MOST_LINES]) if cause else ()
        if cause and cause.identified:
            return Failure(package, cause.says, lines, cause.remedy, why.log, is_in_log=True)
    cause_text = why.line or why.sentence or "see its log"
    remedy = commands.hint_of(f"{why.line}\n{why.sentence}")
    evidence = () if why.line or remedy else lines
    return Failure(
        package, cause_text, evidence, remedy, why.log, is_in_log=bool(why.line or evidence) and bool(why.log)
    )


def _skipped(context: BuildContext, outcome: Outcome) -> list[str]:
    if not outcome.skipped:
        return []
    environment = context.environment
    causing = tuple(key for key in outcome.failed if above(environment.lock, [key]) & set(outcome.skipped))
    names = labels_of(environment, outcome.skipped)
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    causes = ", ".join(labels_of(environment, causing))
    return [f"skipped because of {causes}: {', '.join(names[:_MOST_NAMES])}{more}"]


def _next(context: BuildContext, outcome: Outcome, failures: Sequence[Failure]) -> tuple[str, ...]:
    """Suggest the next commands: more of the cause, and how to resume."""
    if not failures:
        return ()
    logs = [each.log for each in failures if each.is_in_log]
    return (
        f"Spack's output: {outcome.log}",
        *([f"more of the cause: sygaldry job explain --log {logs[0]} --rc 1"] if logs else []),
        f"installed packages are kept; after fixing it, resume with: {context.environment.build_command}",
    )
