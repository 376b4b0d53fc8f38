"""Print a failure, for people on stderr and with --json also as an envelope on stdout, and choose the exit code."""

import errno
import os
import sys
from itertools import pairwise
from typing import Final

from sygaldry import __version__
from sygaldry.cli._color import wants_color
from sygaldry.cli._envelope import error_envelope
from sygaldry.cli._parser import Parser, split_command
from sygaldry.cli._print import erase_live, print_err, printable
from sygaldry.cli._resolve_verb import Invocation
from sygaldry.host.settings import resolved_settings
from sygaldry.model.errors import StorageError, SygaldryError
from sygaldry.model.exit_codes import INTERNAL_ERROR, INTERRUPTED

# What the machine refuses, wherever it happens: another user's file, a full, read-only or damaged disk.
_OF_THE_DISK: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.ESTALE})
_OF_THE_MACHINE: Final = frozenset({errno.EACCES, errno.EPERM, *_OF_THE_DISK})


def report_failure(error: BaseException, invocation: Invocation) -> int:
    """Print an error of any kind; returns the exit code."""
    erase_live()
    error = _of_the_machine(error)
    options = _options(invocation)
    code = _exit_code(error, invocation)
    if isinstance(error, SygaldryError):
        _print_error(error, options)
    elif isinstance(error, Exception):
        _print_internal_error(error)
    if "--debug" in options and isinstance(error, Exception):
        import traceback

        traceback.print_exception(error, file=sys.stderr)
    if "--json" in options:
        sys.stdout.write(error_envelope(error, invocation.words, code) + "\n")
        sys.stdout.flush()
    return code


def _of_the_machine(error: BaseException) -> BaseException:
    """Return an error for what the machine refused, where no flow expected it; any other error as it is."""
    if not isinstance(error, OSError) or error.errno not in _OF_THE_MACHINE or not error.filename:
        return error
    path = os.fsdecode(error.filename)
    hint = f"df -h {path}" if error.errno in _OF_THE_DISK else f"ls -ld {path}"
    found = StorageError(f"cannot use {path}: {error.strerror}", hint=f"look at it: {hint}")
    return found.with_traceback(error.__traceback__)  # for --debug


def _exit_code(error: BaseException, invocation: Invocation) -> int:
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if invocation.verb is not None and invocation.verb.failure_code is not None:
        return invocation.verb.failure_code
    return error.exit_code if isinstance(error, SygaldryError) else INTERNAL_ERROR


def _options(invocation: Invocation) -> list[str]:
    """Return the words that are options of ours, and not words of the command that a launch runs."""
    if invocation.verb is not None and invocation.verb.takes_command:
        return split_command(Parser(invocation.verb, invocation.words), invocation.rest)[0]
    rest = invocation.rest
    return rest[: rest.index("--")] if "--" in rest else rest


def _print_error(error: SygaldryError, options: list[str]) -> None:
    red, reset = ("\033[31m", "\033[0m") if wants_color(_color_setting(options), sys.stderr) else ("", "")
    lines = []
    if error.command is not None:
        lines.append(f"  ran:  {error.command.shown()}")
    if error.hint:
        lines.append(f"  hint: {error.hint}")
    sys.stderr.write(f"{red}{printable(f'sygaldry: {error.problem}')}{reset}\n")
    print_err(*lines)


def _color_setting(options: list[str]) -> str:
    flags = [word.partition("=")[2] for word in options if word.startswith("--color=")]
    flags += [value for word, value in pairwise(options) if word == "--color"]
    try:
        return resolved_settings({"color": flags[-1] if flags else None}, needs_consent=False).settings.color
    except (SygaldryError, OSError):
        return "auto"  # the settings themselves are what failed


def _print_internal_error(error: Exception) -> None:
    import traceback

    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{os.path.basename(place.filename)}:{place.lineno}"
    print_err(
        f"sygaldry: internal error in Sygaldry {__version__}: {type(error).__name__}: {error} ({where})",
        "  hint: this is a bug; report it with the traceback that --debug prints",
    )
