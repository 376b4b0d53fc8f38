"""Start a job again with the same command and limits, as a new run."""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.cli.job._arguments import add_job, job_of, place
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    add_job(parser)


def _act(arguments: Namespace) -> Report:
    from sygaldry.flows.job.retry import job_retry
    from sygaldry.flows.launch.request import Request
    from sygaldry.host.machine import this_machine

    resolved, workspace = place(arguments)
    machine = this_machine(resolved.settings.rootfs)
    return job_retry(Request(resolved, workspace), machine, job_of(arguments), arguments.run)


VERB: Final = Verb(
    _arguments,
    _act,
    settings=("project_id", "workspace", "storage_root", "runtime", "gpu"),
    examples=("sygaldry job retry --job build",),
)
