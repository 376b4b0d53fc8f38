"""Parse, act, print: the only place that prints or exits."""

from __future__ import annotations

import os
import sys

from sygaldry.cli._parse_words import arguments_of
from sygaldry.cli._print import print_err, print_out
from sygaldry.cli._resolve_verb import Invocation, resolve_verb
from sygaldry.model.exit_codes import INTERRUPTED, PIPE_CLOSED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable
    from typing import NoReturn

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
        # The reader of our output has exited, as `head` does; the interpreter must not complain about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return PIPE_CLOSED


def _run(words: list[str]) -> int:
    invocation = Invocation((), words)
    try:
        # Without a word it is the summary of the workspace; `sygaldry --help` lists the verbs.
        invocation = resolve_verb(words or ["status"])
        return _act(invocation)
    except BrokenPipeError:
        raise
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - whatever fails is reported, with its exit code
        from sygaldry.cli._failure import report_failure  # only after a failure

        return report_failure(error, invocation)


def _act(invocation: Invocation) -> int:
    if invocation.verb is None:
        from sygaldry.cli._help import group_help  # imports every verb

        sys.stdout.write(group_help(invocation))
        return 0
    arguments = arguments_of(invocation.verb, invocation.words, invocation.rest)
    if arguments is None:
        return 0
    answer = invocation.verb.act(arguments)
    return answer if isinstance(answer, int) else _print(answer, arguments, invocation.words)


def _print(report: Report, arguments: Namespace, words: tuple[str, ...]) -> int:
    if arguments.json:
        from sygaldry.cli._envelope import result_envelope  # json costs 10 ms

        sys.stdout.write(result_envelope(report, words) + "\n")
    else:
        print_out(*report.lines, paint=_painter(report, arguments))
        if report.notes and not _is_quiet(arguments):
            print_err(*(f"sygaldry: {note}" for note in report.notes))
    sys.stdout.flush()
    return report.exit_code


def _painter(report: Report, arguments: Namespace) -> Callable[[str], str] | None:
    """Return what colours the states of a report; None where there are none, or the caller wants no colour."""
    if not report.states:
        return None
    from sygaldry.cli._color import painter, wants_color
    from sygaldry.host.settings import resolved_settings

    setting = resolved_settings(vars(arguments), needs_consent=False).settings.color
    return painter(report.states) if wants_color(setting, sys.stdout) else None


def _is_quiet(arguments: Namespace) -> bool:
    from sygaldry.host.settings import resolved_settings

    return resolved_settings(vars(arguments), needs_consent=False).settings.quiet


def _open_standard_files() -> None:
    """Open the standard files that the caller closed, so that no pipe of ours gets their numbers."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
            if descriptor == 0:
                os.environ["SYGALDRY_STDIN_CLOSED"] = "1"


def run() -> NoReturn:
    """Run the command line and exit without tearing the interpreter down, which would cost 5 ms."""
    code = main()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        code = code or 1
    os._exit(code)
