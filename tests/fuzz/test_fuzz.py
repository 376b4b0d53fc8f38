"""Damaged input is reported in words: no traceback, no hang, no write outside. Seeded, so that a failure repeats.

A few inputs of each kind run in every check; `tools/check -s fuzz` runs 20,000.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from tests.fuzz.targets import TARGETS

from sygaldry.model.errors import SygaldryError

_INPUTS = int(os.environ.get("SYGALDRY_TEST_FUZZ", "600"))
_SEED = int(os.environ.get("SYGALDRY_TEST_FUZZ_SEED", "20261128"))
_HANG_S = 10
_SHARES = sum(target.share for target in TARGETS.values())
_WATCHED: list[str] = []  # the folder that may be written to while a reader runs


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse writes outside of the folder of a run, and the start of any program."""
    if not _WATCHED:
        return
    if event in ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system", "socket.connect"):
        raise AssertionError(f"a reader did {event}")
    if event in ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate"):
        _check(event, arguments[0])
    if event == "open":
        path, mode, flags = arguments
        writes = isinstance(mode, str) and any(each in mode for each in "wax+")
        if writes or (isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)):
            _check(event, path)


def _check(event: str, path: object) -> None:
    if isinstance(path, str | bytes | os.PathLike) and not os.fsdecode(path).startswith((_WATCHED[0], "/dev/null")):
        raise AssertionError(f"a reader did {event} outside: {path!r}")


sys.addaudithook(_watch)


@contextmanager
def _bounded(folder: str) -> Iterator[None]:
    def hangs(*_: object) -> None:
        raise AssertionError(f"a reader took more than {_HANG_S} s")

    before = signal.signal(signal.SIGALRM, hangs)
    signal.alarm(_HANG_S)
    _WATCHED.append(folder)
    try:
        yield
    finally:
        _WATCHED.clear()
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")  # of a long input, should it be printed
@pytest.mark.parametrize("name", sorted(TARGETS))
def test_damaged_input_is_reported_in_words(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    target = TARGETS[name]
    for variable in [each for each in os.environ if each.startswith("SYGALDRY_")]:
        monkeypatch.delenv(variable)

    @seeded(_SEED)
    @settings(
        max_examples=max(_INPUTS * target.share // _SHARES, 10),
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(target.inputs)
    def reads(given_input: Any) -> None:
        with tempfile.TemporaryDirectory(prefix="sygaldry-fuzz-") as folder, _bounded(folder):
            try:
                target.read(given_input, Path(folder))
            except SygaldryError as error:
                assert error.problem  # noqa: PT017 - a failure that is reported is the right answer

    reads()
