"""Report whether the image exists and is fresh, and if not, why; exit code 1 if the next launch would build it."""

from argparse import ArgumentParser, Namespace

from sygaldry.flows.image.status import image_status
from sygaldry.host.machine import this_machine
from sygaldry.host.settings import resolved_settings, workspace_of
from sygaldry.model.report import Report
from sygaldry.model.value import replace
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--machine", metavar="DIR", default="", help="also judge whether the GPUs of this snapshot run the image"
    )


def _act(arguments: Namespace) -> Report:
    resolved = resolved_settings(vars(arguments))
    workspace = workspace_of(resolved.settings.workspace)
    report = image_status(resolved, this_machine(resolved.settings.rootfs), workspace)
    if not arguments.machine:
        return report
    from sygaldry.flows.gpu.verdict import judge_recorded

    settings = resolved.settings
    runtime = "docker" if settings.runtime == "auto" else settings.runtime
    given = judge_recorded(settings, workspace, runtime, arguments.machine)
    return replace(report, data={**report.data, "gpu": given.data()}, lines=(*report.lines, given.verdict.line()))


VERB = Verb(
    _arguments,
    _act,
    settings=("workspace", "runtime", "Image"),
    examples=("sygaldry image status", "sygaldry image status --json", "sygaldry image status --machine snapshot"),
)
