"""The engine of explanations: the log of a failed job -> its cause, in few tokens.

The families of tools in `diagnosis` recognise lines; this package scans a log for them, ranks what it found and
formats the answer. It is used so::

    from sygaldry import explain
    from sygaldry.diagnosis import Facts, Memory

    cause = explain.explain(Memory(raw), Facts(code=2), good=kept)
    kept = explain.learn(source)  # of a run that succeeded

`explain` is pure, deterministic and offline. It returns None for a job that exited 0: the verdict comes from the
exit code, never from words in a log. `learn` makes the noise model of a successful run, at most 256 KiB to keep. Any
`Source` will do, of any size; little of it is held in memory. `answer(cause, tokens)` is the cause as text.
"""

from sygaldry.diagnosis import Cause, Facts, Sign, Source

__all__ = ["answer", "explain", "learn", "outline", "signs"]


def explain(source: Source, facts: Facts, good: bytes = b"") -> Cause | None:
    """Say why a job failed; None for a job that exited 0. `good` is what `learn` made of the last good run."""
    from sygaldry.explain import find_cause

    return find_cause.explain(source, facts, good)


def learn(source: Source) -> bytes:
    """Make the noise model of a run that succeeded: at most 256 KiB to keep beside the job."""
    from sygaldry.explain import noise_model

    return noise_model.learn(source)


def signs(raw: bytes, offset: int = 0) -> tuple[Sign, ...]:
    """Find the lines of a piece of a growing log that speak of errors and warnings; a verdict they are not."""
    from sygaldry.explain import live_signals

    return live_signals.signs(raw, offset)


def answer(cause: Cause, tokens: int = 200) -> tuple[str, ...]:
    """Say a cause in at most so many tokens, a line a string."""
    from sygaldry.explain import format_answer

    return format_answer.answer(cause, tokens)


def outline(source: Source, cause: Cause, tokens: int) -> tuple[str, ...]:
    """Tell more than `answer` does, for those who have the tokens: around the cause, the steps, the end."""
    from sygaldry.explain import format_outline

    return format_outline.outline(source, cause, tokens)
