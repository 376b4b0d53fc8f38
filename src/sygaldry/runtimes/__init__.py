"""What runs the environment: one file per runtime, each turning a workspace into a command.

To add a runtime, write `runtimes/NAME.py` that exports `RUNTIME: Final[Runtime]` and its test in
`tests/unit/runtimes`; settings offer its name once it stands in the choices of `runtime`.
"""

from __future__ import annotations

import sys

from sygaldry import discovery
from sygaldry.model.value import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol, TypeAlias

    from sygaldry.model.command import Command, Completed, HttpAnswer, HttpGet
    from sygaldry.model.machine import Machine
    from sygaldry.model.workspace import Workspace

    Question: TypeAlias = Command | HttpGet
    Answer: TypeAlias = Completed | HttpAnswer
else:
    # typing itself would cost every launch 12 ms.
    Protocol = object


ORDER = ("docker", "podman", "apptainer", "sandbox")  # what auto tries first


@dataclass(frozen=True)
class Availability:
    """Whether a runtime works here; if not, the one reason and the command that would mend it."""

    works: bool
    reason: str = ""
    remedy: str = ""
    version: str = ""


class Runtime(Protocol):
    """The promise of a runtime.

    `ask` returns questions that host puts to the machine (none: the facts suffice), `judge` reads the answers in
    the same order. `builds` names the engine that builds images for it; empty if it runs without an image.
    `attended` runtimes die with the process that started them; the client of the others may be killed and leave a
    container behind, which `remove` ends. One that `tells_by_launching` is asked only after a launch failed, because
    asking would cost as much as launching.
    """

    title: str
    builds: str
    attended: bool
    tells_by_launching: bool

    def ask(self, machine: Machine) -> tuple[Question, ...]: ...
    def judge(self, machine: Machine, answers: tuple[Answer, ...]) -> Availability: ...
    def launch(self, workspace: Workspace, machine: Machine) -> Command: ...
    def remove(self, name: str) -> tuple[str, ...]: ...


def get(name: str) -> Runtime:
    """Return a runtime by name."""
    runtime: Runtime = discovery.get(sys.modules[__name__], name, "RUNTIME")
    return runtime


def names() -> tuple[str, ...]:
    """Name every runtime, those that auto prefers first."""
    found = discovery.names(sys.modules[__name__])
    return tuple(sorted(found, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER)))
