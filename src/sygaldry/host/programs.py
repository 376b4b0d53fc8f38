"""Find programs that come with Sygaldry's own Python packages."""

from __future__ import annotations

import os
import sys

from sygaldry.host.run import run, which
from sygaldry.model.command import Command
from sygaldry.model.errors import MachineNotReadyError


def uv_program() -> str:
    """Return the uv that comes with Sygaldry, or the one of PATH. Raises MachineNotReadyError."""
    beside = os.path.join(os.path.dirname(sys.executable), "uv")
    found = beside if os.access(beside, os.X_OK) else which("uv")
    if not found:
        raise MachineNotReadyError("uv is not installed", hint="install it: python3 -m pip install uv")
    return found


def python_with_pip() -> str:
    """Return a Python that has pip. Raises MachineNotReadyError."""
    for candidate in ("python3", "/usr/bin/python3"):
        if run(Command((candidate, "-m", "pip", "--version"))).ok:
            return candidate
    raise MachineNotReadyError("no Python with pip is here", hint="install it: sudo apt-get install python3-pip")
