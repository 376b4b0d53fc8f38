"""Parse, act, show: the only place that prints or exits."""

from __future__ import annotations

import os
import signal
import sys
from argparse import Namespace
from typing import NoReturn

from sygaldry.cli._find import Found, find_verb
from sygaldry.cli._parser import Parser, split_command
from sygaldry.model.errors import INTERRUPTED, SygaldryError
from sygaldry.model.report import Report


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    words = sys.argv[1:] if argv is None else argv
    _open_standard_files()
    try:
        return _run(words)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has left, as `head` does; the interpreter must not complain about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 128 + signal.SIGPIPE


def _run(words: list[str]) -> int:
    found = None
    try:
        found = find_verb(words)
        return _act(found)
    except SygaldryError as error:
        from sygaldry.cli._show import show_error  # only after a failure

        show_error(error)
        replaced = found.verb.failure_code if found and found.verb else None
        if "--debug" in words:
            raise
        return error.exit_code if replaced is None else replaced


def _act(found: Found) -> int:
    if found.verb is None:
        sys.stdout.write(found.help_text())
        return 0
    parser = Parser(found.verb, found.words)
    options, command = split_command(parser, found.rest) if found.verb.takes_command else (found.rest, [])
    arguments = parser.parse_args(options)
    arguments.command = command
    answer = found.verb.act(arguments)
    return answer if isinstance(answer, int) else _show(answer, arguments, found.words)


def _show(report: Report, arguments: Namespace, words: tuple[str, ...]) -> int:
    if getattr(arguments, "json", False):
        from sygaldry.cli._show import envelope  # json costs 8 ms

        sys.stdout.write(envelope(report, words) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in report.lines)
        if not getattr(arguments, "quiet", None):
            sys.stderr.writelines(f"sygaldry: {note}\n" for note in report.notes)
    sys.stdout.flush()
    return report.exit_code


def _open_standard_files() -> None:
    """Open what the caller closed, lest a pipe of ours be taken for the command's input or output."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
            if descriptor == 0:
                os.environ["SYGALDRY_JOB_STDIN_CLOSED"] = "1"


def run() -> NoReturn:
    """Run the command line and exit without tearing the interpreter down, which would cost 5 ms."""
    code = main()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        code = code or 1
    os._exit(code)
