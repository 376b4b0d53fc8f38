"""List the signing and trusted keys; trust keys of the mirrors or a file; create or export a key."""

from argparse import ArgumentParser, Namespace
from typing import Final

from sygaldry.flows.env.cache.keys import KeyRequest, env_cache_keys
from sygaldry.flows.env.environment import find_store, load_environment
from sygaldry.host.run import run
from sygaldry.host.settings import resolved_settings, workspace_folder
from sygaldry.model.errors import UsageError
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "environment",
        nargs="?",
        default="",
        metavar="ENVIRONMENT",
        help="folder of the environment (default: pkg/zephyr)",
    )
    parser.add_argument("--trust", action="store_true", help="trust the public keys that the mirrors offer")
    parser.add_argument("--trust-file", default="", metavar="FILE", help="trust the public keys in a file")
    parser.add_argument("--export", default="", metavar="FILE", help="write the public keys into a file")
    parser.add_argument("--create", default="", metavar="NAME", help="make a key of that name to sign with")
    parser.add_argument("--mail", default="", metavar="MAIL", help="mail address of the new key")


def _act(arguments: Namespace) -> Report:
    if bool(arguments.create) != bool(arguments.mail):
        raise UsageError("a key has a name and a mail address", hint="--create 'Build Team' --mail build@example.org")
    resolved = resolved_settings(vars(arguments))
    workspace = workspace_folder(resolved.settings.workspace)
    environment = load_environment(arguments.environment, resolved, workspace)
    request = KeyRequest(arguments.trust, arguments.create, arguments.mail, arguments.trust_file, arguments.export)
    return env_cache_keys(environment, find_store(resolved, workspace), resolved, run, request)


VERB: Final = Verb(
    _arguments, _act, settings=("Project", "Spack"), examples=("sygaldry env cache keys pkg/zephyr --trust",)
)
