"""Open an address in the browser of a desktop."""

from __future__ import annotations

import os
import tempfile
from html import escape

from sygaldry.host.run import run, which
from sygaldry.model.command import Command


def open_browser(address: str) -> bool:
    """Open it if there is a desktop; return whether a browser was asked.

    The browser gets a private file that leads to the address: every user can read the arguments of a process.
    """
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")) or os.environ.get("SSH_CONNECTION"):
        return False
    if not which("xdg-open"):
        return False
    folder = tempfile.mkdtemp(prefix="sygaldry-", dir=os.environ.get("XDG_RUNTIME_DIR"))
    path = os.path.join(folder, "open.html")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(f'<!doctype html><meta http-equiv="refresh" content="0;url={escape(address)}">\n')
    return run(Command(("xdg-open", path), timeout_s=10)).ok
