"""Show every setting with its value and origin; values that wait for `sygaldry trust` are marked."""

from argparse import ArgumentParser, Namespace

from sygaldry.flows.config.show import config_show
from sygaldry.host.settings import resolved_settings
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", metavar="SETTING", help="print only the value of this setting")


def _act(arguments: Namespace) -> Report:
    return config_show(resolved_settings(vars(arguments), needs_consent=False), arguments.name)


VERB = Verb(
    _arguments, _act, settings=("workspace",), examples=("sygaldry config show", "sygaldry config show runtime")
)
