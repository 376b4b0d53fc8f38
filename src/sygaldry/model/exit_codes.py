"""The exit codes of every verb; docs/reference/cli.md prints their meanings from here."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

SUCCESS = 0
FAILED = 1
USAGE_ERROR = 2
NOT_FOUND = 3
NOT_READY = 4
NO_SUCH_JOB = 5
ERROR_LINE = 10
DIAGNOSE_USAGE_ERROR = 64  # EX_USAGE of sysexits.h: 2 is a verdict of `gpu diagnose`
INTERNAL_ERROR = 70  # EX_SOFTWARE of sysexits.h
STILL_RUNNING = 124  # what timeout(1) returns
NOT_STARTED = 125  # what `docker run` returns when the command never started
INTERRUPTED = 130  # 128 + SIGINT, as a shell reports it
PIPE_CLOSED = 141  # 128 + SIGPIPE, as a shell reports it

MEANINGS: Mapping[int, str] = {
    SUCCESS: "success",
    FAILED: "failure",
    USAGE_ERROR: "usage error: an unknown verb, option, name or value",
    NOT_FOUND: "not found",
    NOT_READY: "the machine is not ready; the hint has the command to type",
    NO_SUCH_JOB: "no such job or run",
    ERROR_LINE: "`job wait --on error` only: the output has an error line; the job continues",
    DIAGNOSE_USAGE_ERROR: "`gpu diagnose` only: usage error, because 2 is one of its verdicts",
    INTERNAL_ERROR: "internal error: a bug in Sygaldry",
    STILL_RUNNING: "`job wait` only: still running when --timeout expired",
    NOT_STARTED: "`launch`: the command was never started, any other code is the command's own; "
    "any verb: settings of the workspace wait for `sygaldry trust`",
    INTERRUPTED: "interrupted by Ctrl-C",
    PIPE_CLOSED: "the program that reads the output has exited",
}
