"""What runs the environment: one file per runtime, each turning a workspace into a command.

To add a runtime, write `runtimes/NAME.py` that exports `RUNTIME: Final[Runtime]` and its test in
`tests/unit/runtimes`; settings offer its name once it stands in the choices of `runtime`.
"""

from dataclasses import dataclass
from typing import Protocol, TypeAlias, cast

from sygaldry import discovery, runtimes
from sygaldry.model.command import Command, Completed, HttpAnswer, HttpGet
from sygaldry.model.machine import Machine
from sygaldry.model.workspace import Workspace

Question: TypeAlias = Command | HttpGet
Answer: TypeAlias = Completed | HttpAnswer

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
    container behind, which `remove` ends.
    """

    title: str
    builds: str
    attended: bool

    def ask(self, machine: Machine) -> tuple[Question, ...]: ...
    def judge(self, machine: Machine, answers: tuple[Answer, ...]) -> Availability: ...
    def launch(self, workspace: Workspace, machine: Machine) -> Command: ...
    def remove(self, name: str) -> tuple[str, ...]: ...


def get(name: str) -> Runtime:
    """Return a runtime by name."""
    return cast("Runtime", discovery.get(runtimes, name, "RUNTIME"))


def names() -> tuple[str, ...]:
    """Name every runtime, those that auto prefers first."""
    found = discovery.names(runtimes)
    return tuple(sorted(found, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER)))
