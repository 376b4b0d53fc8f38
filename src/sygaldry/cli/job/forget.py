"""Close a run whose state will stay UNKNOWN, such as one of a machine that is gone."""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.cli.job._arguments import add_job, folder_of, job_of
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    add_job(parser)


def _act(arguments: Namespace) -> Report:
    from sygaldry.flows.job.forget import job_forget

    return job_forget(folder_of(arguments), job_of(arguments), arguments.run)


VERB: Final = Verb(
    _arguments, _act, settings=("project_id", "workspace", "storage_root"), examples=("sygaldry job forget build",)
)
