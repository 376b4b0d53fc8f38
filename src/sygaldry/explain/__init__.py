"""The explanation engine: the log of a failed job -> its cause, in few tokens.

The tool families in `diagnosis` recognise lines; this package scans a log, ranks the matches and formats the answer::

    from sygaldry import explain
    from sygaldry.diagnosis import Facts, Memory

    cause = explain.explain(Memory(raw), Facts(code=2), good=kept)
    kept = explain.learn(source)  # of a run that succeeded

`explain` is pure, deterministic and offline. It returns None for a job that exited 0: the verdict comes from the
exit code, never from words in a log. `learn` makes the noise model of a successful run, at most 256 KiB to keep. Any
`Source` will do, of any size; little of it is held in memory. `answer(cause, tokens)` is the cause as text.
"""

from typing import TYPE_CHECKING

from sygaldry.diagnosis import Cause, Facts, Sign, Source

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["FORMATS", "answer", "explain", "learn", "outline", "signs"]

FORMATS = ("text", "github", "json", "sarif")


def explain(source: Source, facts: Facts, good: bytes = b"", since: "datetime | None" = None) -> Cause | None:
    """Find the cause of a failed job; None for exit code 0. `good` is the noise model of the last successful run.

    With `since`, lines with an earlier time stamp are left out.
    """
    from sygaldry.explain import find_cause

    if since is None:
        return find_cause.explain(source, facts, good)
    from sygaldry.explain.since import first_line_since

    return find_cause.explain(source, facts, good, first_line_since(source, since) or (source.size, 1))


def learn(source: Source) -> bytes:
    """Make the noise model of a run that succeeded: at most 256 KiB to keep beside the job."""
    from sygaldry.explain import noise_model

    return noise_model.learn(source)


def signs(raw: bytes, offset: int = 0) -> tuple[Sign, ...]:
    """Find the errors and warnings in a piece of a growing log; they are news, not a verdict."""
    from sygaldry.explain import live_signals

    return live_signals.signs(raw, offset)


def answer(cause: Cause, tokens: int = 200) -> tuple[str, ...]:
    """Format a cause as lines, within a number of tokens."""
    from sygaldry.explain import format_answer

    return format_answer.answer(cause, tokens)


def outline(source: Source, cause: Cause, tokens: int) -> tuple[str, ...]:
    """Format what a longer answer adds: the lines around the cause, the steps, the end of the log."""
    from sygaldry.explain import format_outline

    return format_outline.outline(source, cause, tokens)
