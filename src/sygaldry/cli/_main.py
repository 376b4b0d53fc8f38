"""Parse, act, show: the only place that prints or exits."""

from __future__ import annotations

import os
import sys

from sygaldry.cli._parse_words import arguments_of
from sygaldry.cli._print import print_err, print_out
from sygaldry.cli._resolve_verb import Found, find_verb
from sygaldry.model.errors import INTERRUPTED, SygaldryError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace
    from typing import NoReturn

    from sygaldry.model.report import Report

_PIPE_CLOSED = 141  # 128 + SIGPIPE, as a shell tells it
_OUR_FAULT = 70  # EX_SOFTWARE of sysexits.h


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
        return _PIPE_CLOSED


def _run(words: list[str]) -> int:
    found = None
    try:
        found = find_verb(words)
        return _act(found)
    except SygaldryError as error:
        from sygaldry.cli._show import show_error  # only after a failure

        show_error(error)
        if _wants_traceback(found, words):
            raise
        replaced = found.verb.failure_code if found and found.verb else None
        return error.exit_code if replaced is None else replaced
    except (KeyboardInterrupt, BrokenPipeError):
        raise
    except Exception as error:  # noqa: BLE001 - a fault of ours is told as one, never as the command's own answer
        from sygaldry.cli._show import show_fault

        show_fault(error, words)
        replaced = found.verb.failure_code if found and found.verb else None
        return _OUR_FAULT if replaced is None else replaced


def _act(found: Found) -> int:
    if found.verb is None:
        from sygaldry.cli._help import room_help  # imports every verb

        sys.stdout.write(room_help(found))
        return 0
    arguments = arguments_of(found.verb, found.words, found.rest)
    if arguments is None:
        return 0
    answer = found.verb.act(arguments)
    return answer if isinstance(answer, int) else _show(answer, arguments, found.words)


def _show(report: Report, arguments: Namespace, words: tuple[str, ...]) -> int:
    if getattr(arguments, "json", False):
        from sygaldry.cli._show import envelope  # json costs 10 ms

        sys.stdout.write(envelope(report, words) + "\n")
    else:
        print_out(*report.lines)
        if not getattr(arguments, "quiet", None):
            print_err(*(f"sygaldry: {note}" for note in report.notes))
    sys.stdout.flush()
    return report.exit_code


def _wants_traceback(found: Found | None, words: list[str]) -> bool:
    """Tell whether --debug was typed, as an option of ours and not as a word of the command."""
    ours = words[: len(words) - len(found.rest)] if found else words
    options = found.rest[: found.rest.index("--")] if found and "--" in found.rest else found.rest if found else []
    takes_command = bool(found and found.verb and found.verb.takes_command)
    return "--debug" in ours or "--debug" in (options[:1] if takes_command else options)


def _open_standard_files() -> None:
    """Open what the caller closed, lest a pipe of ours be taken for the command's input or output."""
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
