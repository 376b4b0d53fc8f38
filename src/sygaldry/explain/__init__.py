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
    from collections.abc import Sequence
    from datetime import datetime

__all__ = ["FORMATS", "answer", "count_tokens", "explain", "fitted", "learn", "outline", "signs"]

FORMATS = ("text", "github", "json", "sarif")


def explain(source: Source, facts: Facts, good: bytes = b"", since: "datetime | None" = None) -> Cause | None:
    """Find the cause of a failed job; None for exit code 0. `good` is the noise model of the last successful run.

    With `since`, lines with an earlier time stamp are left out.
    """
    from sygaldry.explain import find_cause

    if since is None:
        return find_cause.explain(source, facts, good)
    from sygaldry.explain.since import NO_LINE_SINCE, first_line_since
    from sygaldry.model.value import replace

    start = first_line_since(source, since)
    cause = find_cause.explain(source, facts, good, start or (source.size, 1))
    if start or cause is None or cause.identified or not source.size:
        return cause
    return replace(cause, says=NO_LINE_SINCE)


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

    return fitted(format_answer.answer(cause, tokens), tokens)


def fitted(lines: "Sequence[str]", tokens: int) -> tuple[str, ...]:
    """Cut lines, the most important of which stand first, to a number of tokens."""
    from sygaldry.explain import fit

    return fit.fit(lines, tokens)


def count_tokens(text: str) -> int:
    """Estimate the tokens of a text, rather too many than too few."""
    from sygaldry.explain import format_answer

    return format_answer.count_tokens(text)


def outline(source: Source, cause: Cause, tokens: int) -> tuple[str, ...]:
    """Format what a longer answer adds: the lines around the cause, the steps, the end of the log."""
    from sygaldry.explain import format_outline

    return format_outline.outline(source, cause, tokens)
