"""Write a line to the standard input of a running job that was started with --stdin.

Without TEXT, the standard input of this command is sent as it is: the way for a secret.
"""

import os
import sys
from argparse import ArgumentParser, Namespace
from functools import partial
from typing import Final

from sygaldry.cli.job._arguments import folder_of
from sygaldry.model.errors import UsageError
from sygaldry.model.report import Report
from sygaldry.model.verb import Verb

_CHUNK: Final = 1 << 16


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("words", nargs="*", metavar="JOB TEXT", help="name of the job, and the line to send")
    parser.add_argument("--job", metavar="JOB", default="", help="same as the argument JOB")
    parser.add_argument("--run", metavar="RUN", default="", help="a particular run; defaults to the newest")
    parser.add_argument("--end", action="store_true", help="close the input afterwards: the job reads end of file")


def _act(arguments: Namespace) -> Report:
    from sygaldry.flows.job.send import job_send

    words = list(arguments.words)
    job = arguments.job or (words.pop(0) if words else "")
    if not job:
        raise UsageError("no job was named", hint="sygaldry job send JOB TEXT")
    if words:
        chunks = iter([f"{' '.join(words)}\n".encode("utf-8", "surrogateescape")])
    elif arguments.end and sys.stdin.isatty():
        chunks = iter([b""])
    else:
        chunks = iter(partial(os.read, sys.stdin.fileno(), _CHUNK), b"")
    return job_send(folder_of(arguments), job, chunks, ends=arguments.end, run=arguments.run)


VERB: Final = Verb(
    _arguments,
    _act,
    settings=("project_id", "workspace", "storage_root"),
    examples=("sygaldry job send --job debug continue", "sygaldry job send debug --end < answers.txt"),
)
