"""What runs the environment: one file per runtime, each turning a workspace into a command.

To add a runtime, write `runtimes/NAME.py` that exports `RUNTIME: Final[Runtime]` and its test in
`tests/unit/runtimes`; the setting `runtime` offers its file name.
"""

from __future__ import annotations

import sys

from sygaldry import discovery
from sygaldry.model.value import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Protocol, TypeAlias

    from sygaldry.model.command import Command, Completed, HttpAnswer, HttpGet
    from sygaldry.model.machine import Machine
    from sygaldry.model.workspace import Workspace

    Question: TypeAlias = Command | HttpGet
    Answer: TypeAlias = Completed | HttpAnswer
else:
    # Importing typing would add 12 ms to every launch.
    Protocol = object


ORDER = ("docker", "podman", "apptainer", "sandbox")  # the order in which auto tries them

ROOTLESS = "rootless"


@dataclass(frozen=True)
class Availability:
    """Whether a runtime works here; if not, the reason and the command that fixes it.

    A `rootless` engine maps the caller to its own root. `problems` are what hampers a runtime that works, each with the
    command that fixes it.
    """

    works: bool
    reason: str = ""
    remedy: str = ""
    version: str = ""
    rootless: bool = False
    problems: tuple[tuple[str, str], ...] = ()


class Runtime(Protocol):
    """The interface of a runtime.

    `ask` returns the probes that host runs (none if the facts suffice). `judge` reads their answers in the same
    order. `builds` names the engine that builds images for the runtime; it is empty if the runtime needs no image.
    `tested` are the release series with which the whole contract suite passes; `tested_as` are the users that it runs
    as: root, an ordinary user, an ordinary user's own (rootless) engine. `stays_up` tells whether it has `sygaldry up`.
    A `foreground` runtime ends with the process that started it. The client of any other runtime can be killed and
    leave a container behind, which `remove` ends; `state` asks for its id, status, process and launch, `kill` signals
    its command, and `stop` ends it in order. A runtime that is `probed_by_launch` is asked only after a launch failed,
    because a probe would cost as much as a launch. A foreground runtime with a `start_marker` cannot report whether the
    command started, so `report-start.sh` runs before the command. `unsupported` maps settings that it cannot honour to
    the reason; a launch that uses one is refused.
    """

    title: str
    builds: str
    tested: tuple[str, ...]
    tested_as: tuple[str, ...]
    stays_up: bool
    foreground: bool
    start_marker: bool
    probed_by_launch: bool
    unsupported: Mapping[str, str]

    def ask(self, machine: Machine) -> tuple[Question, ...]: ...
    def judge(self, machine: Machine, answers: tuple[Answer, ...]) -> Availability: ...
    def launch(self, workspace: Workspace, machine: Machine) -> Command: ...
    def remove(self, name: str) -> tuple[str, ...]: ...
    def state(self, name: str) -> tuple[str, ...]: ...
    def kill(self, name: str, number: int) -> tuple[str, ...]: ...
    def stop(self, name: str, seconds: int) -> tuple[str, ...]: ...


def get(name: str) -> Runtime:
    """Return a runtime by name."""
    runtime: Runtime = discovery.get(sys.modules[__name__], name, "RUNTIME")
    return runtime


def names() -> tuple[str, ...]:
    """Return the names of all runtimes in the order of preference."""
    found = discovery.names(sys.modules[__name__])
    return tuple(sorted(found, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER)))


def is_supported(name: str, version: str, *, rootless: bool = False) -> bool:
    """Return whether the contract suite (tests/integration/contract) passes with this version of a runtime."""
    runtime = get(name)
    return (not rootless or ROOTLESS in runtime.tested_as) and any(
        version == series or version.startswith((f"{series}.", f"{series}+")) for series in runtime.tested
    )


def support(name: str, version: str, *, rootless: bool = False) -> str:
    """Return whether a version is supported, in words."""
    if is_supported(name, version, rootless=rootless):
        return "supported"
    return f"untested here: the contract suite passes with {' and '.join(get(name).tested)}"
