"""Report jobs that need attention: lost, orphaned or stalled ones, and a full disk; exit code 1 if there are any."""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.cli.job._arguments import folder_of
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(_: ArgumentParser) -> None:
    """Only the settings."""


def _act(arguments: Namespace) -> Report:
    from sygaldry.flows.job.health import job_health

    return job_health(folder_of(arguments))


VERB: Final = Verb(
    _arguments,
    _act,
    settings=("project_id", "workspace", "storage_root"),
    examples=("sygaldry job health", "sygaldry job health --json"),
)
