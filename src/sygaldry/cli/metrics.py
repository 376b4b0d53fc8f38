"""Print metrics of all projects for Prometheus, or write them for node_exporter's textfile collector."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sygaldry.model.report import Report
from sygaldry.model.verb import Verb

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--textfile", metavar="FILE", default="", help="replace this file, whose name ends with .prom")
    parser.add_argument("--storage", action="store_true", help="measure the folders of projects, which takes a while")


def _act(arguments: Namespace) -> Report:
    from sygaldry.cli._extras import require_extra

    require_extra("web")
    from sygaldry.dashboard.index import RunIndex
    from sygaldry.dashboard.machine_view import gpu_code, storage_sizes
    from sygaldry.dashboard.metrics import exposition
    from sygaldry.dashboard.projects import roots_of
    from sygaldry.host.files import replace
    from sygaldry.host.settings import resolved_settings

    index = RunIndex(roots_of(resolved_settings(vars(arguments), needs_consent=False)))
    while index.read_ahead(1.0):
        pass
    sizes = storage_sizes(index.projects) if arguments.storage else {}
    text = exposition(index, gpu_code(), sizes).decode()
    if not arguments.textfile:
        return Report({"text": text}, tuple(text.splitlines()))
    replace(arguments.textfile, text, 0o644)
    return Report({"file": arguments.textfile}, notes=(f"wrote {arguments.textfile}",))


VERB: Final = Verb(
    _arguments,
    _act,
    settings=("storage_root",),
    examples=("sygaldry metrics", "sygaldry metrics --textfile /var/lib/node_exporter/textfile/sygaldry.prom"),
)
