"""A signal is repeated if the program that received it went on to become the next one, and only then."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from sygaldry.host.start_chain import StartChain

_ENTRYPOINT = ("/bin/bash", "/e.sh", "cmd")
_QUIT = 3


@pytest.fixture
def program() -> Iterator[Callable[[str], "subprocess.Popen[bytes]"]]:
    """Start Python code whose command line ends as that of a program before the command does."""
    running: list[subprocess.Popen[bytes]] = []

    def start(code: str) -> "subprocess.Popen[bytes]":
        each = subprocess.Popen(
            [sys.executable, "-c", f"print(flush=True); {code}", *_ENTRYPOINT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        running.append(each)
        assert each.stdout is not None
        each.stdout.readline()
        return each

    yield start
    for each in running:
        each.kill()
        each.communicate()


def missed_soon(chain: StartChain) -> tuple[int, ...]:
    deadline = time.monotonic() + 20
    while chain.is_watching() and time.monotonic() < deadline:
        if found := chain.missed():
            return found
        time.sleep(0.01)
    return ()


def test_a_program_that_goes_on_missed_the_signal(program: Callable[[str], "subprocess.Popen[bytes]"]) -> None:
    process = program("import os; input(); os.execv('/bin/sleep', ['sleep', '60'])")
    chain = StartChain(_ENTRYPOINT)
    chain.expect(_QUIT, [process.pid])
    assert chain.missed() == ()
    assert process.stdin is not None
    process.stdin.write(b"\n")
    process.stdin.flush()
    assert missed_soon(chain) == (_QUIT,)
    assert not chain.is_watching()


def test_a_program_that_ends_got_it(program: Callable[[str], "subprocess.Popen[bytes]"]) -> None:
    process = program("input()")
    chain = StartChain(_ENTRYPOINT)
    chain.expect(_QUIT, [process.pid])
    process.kill()
    process.wait()
    assert missed_soon(chain) == ()
    assert not chain.is_watching()


def test_an_entrypoint_that_stays_handles_it(program: Callable[[str], "subprocess.Popen[bytes]"]) -> None:
    process = program("input()")
    chain = StartChain(_ENTRYPOINT)
    chain.expect(_QUIT, [process.pid])
    assert missed_soon(chain) == ()
    assert not chain.is_watching()


def test_the_command_itself_is_not_watched(program: Callable[[str], "subprocess.Popen[bytes]"]) -> None:
    process = program("input()")
    chain = StartChain(("/bin/bash", "/e.sh", "another"))
    chain.expect(_QUIT, [process.pid])
    assert not chain.is_watching()


def test_a_process_without_words_is_still_watched_while_it_lives(
    program: Callable[[str], "subprocess.Popen[bytes]"], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As at the moment at which it becomes another program."""
    process = program("input()")
    chain = StartChain(_ENTRYPOINT)
    chain.expect(_QUIT, [process.pid])
    monkeypatch.setattr("sygaldry.host.start_chain.command_line", lambda _: b"")
    assert chain.missed() == ()
    monkeypatch.setattr("sygaldry.host.start_chain.command_line", lambda _: b"sleep\x0060\x00")
    assert chain.missed() == (_QUIT,)
