"""Check whether these GPUs run this environment, by which kind of compatibility, and how they are passed through.

Exit codes: 0 they would be given, 2 they cannot be used, 3 no NVIDIA hardware.
"""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--from", dest="saved", metavar="DIR", default="", help="judge a saved snapshot, not this machine"
    )


def _act(arguments: Namespace) -> Report:
    from sygaldry.flows.gpu.gate import gpu_gate
    from sygaldry.host.settings import resolved_settings, workspace_folder

    settings = resolved_settings(vars(arguments)).settings
    return gpu_gate(settings, workspace_folder(settings.workspace), saved=arguments.saved, runtime=settings.runtime)


VERB: Final = Verb(
    _arguments,
    _act,
    settings=("workspace", "gpu", "runtime", "image"),
    examples=("sygaldry gpu gate", "sygaldry gpu gate --runtime sandbox --json", "sygaldry gpu gate --from snapshot"),
)
