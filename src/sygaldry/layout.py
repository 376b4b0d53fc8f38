"""Where Sygaldry's own files are: in a checkout, or inside the installed package."""

from __future__ import annotations

import os

from sygaldry.model.value import dataclass

TYPE_CHECKING = False


@dataclass(frozen=True)
class Layout:
    """The folders that a container sees under /opt/sygaldry; `checkout` is empty for an installed package."""

    package: str
    container: str
    tools: str
    checkout: str = ""

    @property
    def entrypoints(self) -> str:
        return f"{self.container}/entrypoints"

    def launcher(self, workspace: str) -> str:
        """What people type to start a launch in a workspace."""
        is_own = self.checkout and workspace == self.checkout
        return "./container/launch_container.sh" if is_own else f"{self.program(workspace)} launch"

    def program(self, workspace: str) -> str:
        """What people type for any other verb: the tool of a checkout need not be on PATH."""
        if not self.checkout:
            return "sygaldry"
        return "tools/sygaldry" if workspace == self.checkout else f"{self.tools}/sygaldry"


_FOUND: list[Layout] = []  # functools.cache would cost a launch its import


def layout() -> Layout:
    """Find Sygaldry's files, once; the checkout wins over what a wheel carries."""
    if not _FOUND:
        _FOUND.append(_find())
    return _FOUND[0]


def _find() -> Layout:
    package = os.path.dirname(os.path.realpath(__file__))
    checkout = os.path.dirname(os.path.dirname(package))
    if os.path.isdir(f"{checkout}/container/entrypoints"):
        return Layout(package, f"{checkout}/container", f"{checkout}/tools", checkout)
    return Layout(package, f"{package}/share/container", f"{package}/share/tools")
