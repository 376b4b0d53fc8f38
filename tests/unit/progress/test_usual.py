"""What is left of a run, from the last good one."""

import pytest

from sygaldry import progress
from sygaldry.progress import Usual

LINE = "[{}/100] Building C object part.o\n"
LOG = "".join(LINE.format(n) for n in range(1, 101)).encode()
PACKAGES = b"".join(
    b"==> Installing %s-1.0-abcdefg [%d/3]\n==> %s: Executing phase: 'build'\n%s" % (name, at, name, b"cc x\n" * lines)
    for at, (name, lines) in enumerate(((b"zlib", 10), (b"llvm", 400), (b"app", 30)), 1)
)


def usual(log: bytes, seconds: float) -> Usual:
    samples = [(seconds * part / 50, len(log) * part // 50) for part in range(51)]
    made = progress.remembered(lambda offset, length: log[offset : offset + length], samples)
    assert made is not None
    return made


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_run_at_its_usual_pace_has_the_usual_rest(part: float) -> None:
    log = LOG[: int(len(LOG) * part)]
    left = progress.remaining(usual(LOG, 600), log, len(log), 600 * part)
    assert left == pytest.approx(600 * (1 - part), rel=0.15)


def test_a_run_half_as_fast_takes_twice_as_long() -> None:
    log = LOG[: len(LOG) // 2]
    assert progress.remaining(usual(LOG, 600), log, len(log), 600) == pytest.approx(600, rel=0.15)


def test_what_is_done_counts_more_than_how_much_was_said() -> None:
    """A chatty start does not mislead: the package that is built now was reached late in the good run."""
    now = PACKAGES[: PACKAGES.index(b"==> Installing app")] + b"==> Installing app-1.0-abcdefg [3/3]\n"
    left = progress.remaining(usual(PACKAGES, 440), now + b"==> app: Executing phase: 'build'\n", 100, 400)
    assert left < 60


def test_a_run_longer_than_usual_has_nothing_left() -> None:
    assert progress.remaining(usual(LOG, 600), LOG, len(LOG) * 2, 900) == 0


def test_a_run_without_samples_is_not_remembered() -> None:
    assert progress.remembered(lambda *_: b"", []) is None


def test_what_is_kept_is_small() -> None:
    samples = [(float(n), n * 10) for n in range(1, 100_000)]
    made = progress.remembered(lambda *_: b"", samples)
    assert made is not None
    assert len(made.marks) == 64
