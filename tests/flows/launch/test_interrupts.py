"""A Ctrl-C that Python drops is repeated: one that meets a finalizer is otherwise only printed."""

import subprocess
import sys
from pathlib import Path

_INTERRUPTS = Path(__file__).parents[3] / "src" / "sygaldry" / "cli" / "_interrupts.py"
_PROGRAM = """
import os, signal, sys, time
names = {"__name__": "interrupts"}
exec(open(sys.argv[1]).read(), names)
names["repeat_dropped_interrupts"]()

class Finalized:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)

try:
    each = Finalized()
    del each
    time.sleep(20)
    print("lost")
except KeyboardInterrupt:
    print("raised")
"""


def test_an_interrupt_that_meets_a_finalizer_is_raised_after_it() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-c", _PROGRAM, str(_INTERRUPTS)], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr, done.returncode) == ("raised\n", "", 0)


def test_another_error_of_a_finalizer_is_still_printed() -> None:
    program = _PROGRAM.replace("signal.raise_signal(signal.SIGINT)", "raise ValueError('shown')").replace("20", "0")
    done = subprocess.run(
        [sys.executable, "-I", "-c", program, str(_INTERRUPTS)], capture_output=True, text=True, check=False
    )
    assert done.stdout == "lost\n"
    assert "ValueError: shown" in done.stderr
