"""Report the plan of a build: what is installed, fetched and built, the estimate, and what refuses it."""

from __future__ import annotations

from collections.abc import Sequence

from sygaldry.flows.env.install.caches import cache_line
from sygaldry.flows.env.install.plan import BuildContext
from sygaldry.model.errors import SygaldryError
from sygaldry.model.finding import Verdict
from sygaldry.model.report import Report
from sygaldry.model.sizes import human
from sygaldry.spack.effort import is_large
from sygaldry.spack.plan import BYTES_A_PACKAGE, BuildPlan

_MOST_NAMES = 5
_MOST_LINES = 15  # of packages to fetch, and to build


def plan_report(context: BuildContext, refused: Sequence[SygaldryError] = ()) -> Report:
    """Report a plan without running it; the exit code is that of the build, which would stop at the first refusal."""
    plan, lock = context.plan, context.environment.lock
    findings = (*context.findings, *context.externals.values(), context.room)
    labels = {key: node.label for key, node in lock.nodes.items()}
    lines = [
        (
            f"{context.environment.folder}: {plan.total} packages in total, {len(plan.installed)} installed, "
            f"{len(plan.cached)} cached, {len(plan.to_build)} to build"
        ),
        *_inspected(context),
        *_estimated(plan, labels),
        *([context.effort_note] if context.effort_note and plan.to_build else []),
        *(cache_line(each) for each in context.caches),
        *(f"{each.verdict}: {each.summary}" for each in findings if each.verdict is not Verdict.OK),
        *_bounded([f"  fetch {labels[key]} from {name}" for key, name in plan.cached.items()]),
        *_bounded([f"  build {labels[key]}" + _duration(plan, key) + _reason(plan, key) for key in plan.to_build]),
        *(f"a build would be refused: {each.problem}" for each in refused),
    ]
    return Report(
        {
            "environment": str(context.environment.folder),
            "total": plan.total,
            "installed": [labels[key] for key in plan.installed],
            "damaged": list(context.inspection.damaged),
            "cached": {labels[key]: name for key, name in plan.cached.items()},
            "to_build": [labels[key] for key in plan.to_build],
            "not_needed": [labels[key] for key in plan.unneeded],
            "estimate_seconds": plan.seconds,
            "estimate_is_partial": plan.is_partial,
            "bytes_needed": plan.bytes_needed,
            "packages_of_unknown_size": plan.unmeasured,
            "estimates": {labels[key]: round(each) for key, each in plan.estimates.items()},
            "critical_path": [labels[key] for key in plan.critical_path],
            "jobs": context.jobs,
            "findings": [{"verdict": each.verdict, "summary": each.summary} for each in findings],
            "refused": [{"problem": each.problem, "hint": each.hint} for each in refused],
        },
        tuple(line for line in lines if line),
        (*context.notes, *(f"hint: {each.hint}" for each in refused if each.hint)),
        exit_code=refused[0].exit_code if refused else 0,
    )


def _bounded(lines: list[str]) -> list[str]:
    more = len(lines) - _MOST_LINES
    return [*lines[:_MOST_LINES], f"  … and {more} more: --json"] if more > 0 else lines


def _inspected(context: BuildContext) -> list[str]:
    """State what was compared of the packages that are there, and what reads the rest."""
    found, argument = context.inspection, context.environment.argument
    return [f"installed: {found.scope()}: sygaldry env verify {argument}"] if found.files else []


def _estimated(plan: BuildPlan, labels: dict[str, str]) -> list[str]:
    if not plan.to_build:
        return []
    about = f"about {human(plan.bytes_needed)} of disk"
    if plan.unmeasured:
        about += f", with {BYTES_A_PACKAGE / 2**20:.0f} MiB assumed for each of {plan.unmeasured} unmeasured packages"
    unknown = sorted(
        (labels[key] for key in plan.to_build if key not in plan.estimates),
        key=lambda label: not is_large(label.partition("@")[0]),  # those that take hours are named first
    )
    if plan.seconds is None:
        return [f"{about}; no time estimate: no package of it was measured"]
    bound = "at least" if unknown else "about"
    lines = [f"{about}; {bound} {_format_time(plan.seconds)} one after another"]
    if unknown:
        more = f" and {len(unknown) - _MOST_NAMES} more" if len(unknown) > _MOST_NAMES else ""
        lines.append(f"never measured, and so not in that time: {', '.join(unknown[:_MOST_NAMES])}{more}")
    if len(plan.critical_path) > 1:
        seconds = sum(plan.estimates.get(key, 0.0) for key in plan.critical_path)
        path = _joined([labels[key] for key in plan.critical_path])
        name = "critical path" if not unknown else "slowest chain of measured packages"
        lines.append(f"{name}, {bound} {_format_time(seconds)}: {path}")
    return lines


def _joined(labels: list[str]) -> str:
    """Join a path; of a long one, its ends."""
    ends = labels if len(labels) <= 2 * _MOST_NAMES else [*labels[:_MOST_NAMES], "…", *labels[-_MOST_NAMES:]]
    return " -> ".join(ends)


def _duration(plan: BuildPlan, key: str) -> str:
    seconds = plan.estimates.get(key)
    return "" if seconds is None else f", about {_format_time(seconds)}"


def _format_time(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds:.0f} s"


def _reason(plan: BuildPlan, key: str) -> str:
    return f" (cache: {plan.misses[key]})" if key in plan.misses else ""
