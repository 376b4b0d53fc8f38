"""The values that exist here, for shell completion: read from files, never from an engine or the network."""

import os
from collections.abc import Callable

from sygaldry.config.resolve import Resolved
from sygaldry.config.settings import all_settings
from sygaldry.flows.job.lookup import jobs_folder
from sygaldry.flows.launch.entrypoint import all_entrypoints
from sygaldry.flows.storage.project import projects_in, storage_roots
from sygaldry.jobs.paths import jobs_in, runs_by_job

# A Spack environment is a folder with one of these files.
_ENVIRONMENT_FILES = ("spack_src.yaml", "spack.yaml", "spack.lock")


def known_values(placeholder: str, resolved: Resolved, workspace: str) -> dict[str, str]:
    """Map each value that an argument can have to its description; empty for an argument of another kind."""
    source = _SOURCES.get(placeholder)
    return source(resolved, workspace) if source else {}


def _jobs(resolved: Resolved, workspace: str) -> dict[str, str]:
    return dict.fromkeys(jobs_in(jobs_folder(resolved, workspace)), "job")


def _runs(resolved: Resolved, workspace: str) -> dict[str, str]:
    by_job = runs_by_job(jobs_folder(resolved, workspace))
    return {run: f"run of {job}" for job, runs in by_job.items() for run in reversed(runs)}


def _entrypoints(_: Resolved, workspace: str) -> dict[str, str]:
    return {name: each.summary for name, each in all_entrypoints(workspace).items()}


def _environments(_: Resolved, workspace: str) -> dict[str, str]:
    parent = os.path.join(workspace, "pkg")
    try:
        names = sorted(os.listdir(parent))
    except OSError:
        return {}
    folders = (name for name in names if any(os.path.isfile(f"{parent}/{name}/{file}") for file in _ENVIRONMENT_FILES))
    return {f"pkg/{name}": "Spack environment" for name in folders}


def _projects(resolved: Resolved, _: str) -> dict[str, str]:
    return {each.project: "project" for root in storage_roots(resolved) for each in projects_in(root)}


def _settings(_: Resolved, __: str) -> dict[str, str]:
    return {each.name: each.help for each in all_settings()}


_SOURCES: dict[str, Callable[[Resolved, str], dict[str, str]]] = {
    "ENTRYPOINT": _entrypoints,
    "ENVIRONMENT": _environments,
    "JOB": _jobs,
    "PROJECT_ID": _projects,
    "RUN": _runs,
    "SETTING": _settings,
    "SPACK_ENVIRONMENT": _environments,
}
