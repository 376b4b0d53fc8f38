"""Find programs that come with Sygaldry's own Python packages."""

from __future__ import annotations

import os
import sys

from sygaldry.host.run import run, which
from sygaldry.layout import layout
from sygaldry.model.command import Command
from sygaldry.model.errors import MachineNotReadyError


def uv_program() -> str:
    """Return the uv that comes with Sygaldry, or the one of PATH. Raises MachineNotReadyError."""
    # The second is where the installer of a bundle puts it.
    places = (os.path.dirname(sys.executable), os.path.join(os.path.dirname(layout().package), "bin"))
    own = (os.path.join(folder, "uv") for folder in places)
    found = next((each for each in own if os.access(each, os.X_OK)), "") or which("uv")
    if not found:
        raise MachineNotReadyError("uv is not installed", hint="install it: python3 -m pip install uv")
    return found


def python_with_pip() -> str:
    """Return a Python that has pip. Raises MachineNotReadyError."""
    for candidate in ("python3", "/usr/bin/python3"):
        if run(Command((candidate, "-m", "pip", "--version"))).ok:
            return candidate
    raise MachineNotReadyError("no Python with pip is here", hint="install it: sudo apt-get install python3-pip")
