"""Packages of the optional extras: whether they are installed, and the command that installs them."""

from __future__ import annotations

import os
import sys

from sygaldry.layout import layout
from sygaldry.model.errors import MachineNotReadyError

EXTRAS = {
    "web": ("starlette", "uvicorn", "jinja2", "prometheus_client"),
    "mcp": ("mcp", "starlette", "uvicorn"),
}


def require_extra(name: str) -> None:
    """Raise MachineNotReadyError with the command that installs an extra, if a package of it is missing."""
    from importlib.util import find_spec

    missing = [package.replace("_", "-") for package in EXTRAS[name] if find_spec(package) is None]
    if missing:
        raise MachineNotReadyError(
            f"this needs packages that are not installed: {', '.join(missing)}", hint=_hint(name)
        )


def _hint(name: str) -> str:
    """Return the command: pinned by the lock in a checkout, else by pip."""
    checkout = layout().checkout
    if not checkout:
        return f"pip install 'sygaldry[{name}]'"
    uv = f"{os.path.dirname(sys.executable)}/uv"
    return f"{uv} pip install --python {sys.executable} --require-hashes -r {checkout}/locks/web.txt"
