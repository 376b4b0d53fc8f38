"""Classify a failure for the retry policy of a supervisor, in a process of its own."""

import sys

from sygaldry import diagnosis, explain
from sygaldry.host.logs import open_log


def main() -> None:
    """Print the kind of a failure and its signature, one line each; the arguments are the log and the exit code."""
    log, code = sys.argv[-2:]
    cause = explain.explain(open_log(log), diagnosis.Facts(int(code)))
    known = cause is not None and cause.identified and cause.confidence is not diagnosis.Confidence.LOW
    kind = cause.kind.value if cause is not None and known else "unknown"
    signature = cause.signature if cause is not None and known else ""
    sys.stdout.write(f"{kind}\n{signature}\n")
