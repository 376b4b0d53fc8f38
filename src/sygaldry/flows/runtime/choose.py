"""Choose the runtime: the one asked for, or the first that works."""

from __future__ import annotations

from sygaldry import runtimes
from sygaldry.host.run import run
from sygaldry.model.command import HttpGet
from sygaldry.model.errors import RuntimeMissingError
from sygaldry.model.value import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.config.resolve import Resolved
    from sygaldry.model.machine import Machine
    from sygaldry.runtimes import Answer, Availability, Question


@dataclass(frozen=True)
class Chosen:
    """The runtime, and why the others were passed over."""

    name: str
    notes: tuple[str, ...] = ()


def choose_runtime(resolved: Resolved, machine: Machine, *, passed_over: dict[str, str] | None = None) -> Chosen:
    """Choose a runtime; raises RuntimeMissingError with the way to get it.

    `passed_over` names runtimes that are known not to do, with their reasons.
    """
    said = resolved.settings.runtime
    if said != "auto":
        availability = _at_first_sight(said, machine)
        if not availability.works:
            raise RuntimeMissingError(f"{said} cannot run here: {availability.reason}", hint=availability.remedy)
        return Chosen(said, _remark(said, resolved))
    reasons = dict(passed_over or {})
    for name in runtimes.names():
        if name in reasons:
            continue
        availability = _at_first_sight(name, machine)
        if availability.works:
            return Chosen(name, (*_told(name, reasons), *_remark(name, resolved)))
        reasons[name] = availability.reason
    raise RuntimeMissingError(
        "no runtime works here: " + "; ".join(f"{name}: {reason}" for name, reason in reasons.items()),
        hint="see what each one lacks: sygaldry runtimes",
    )


def availability_of(name: str, machine: Machine) -> Availability:
    """Ask one runtime whether it works here."""
    runtime = runtimes.get(name)
    return runtime.judge(machine, tuple(_answer(question) for question in runtime.ask(machine)))


def _at_first_sight(name: str, machine: Machine) -> Availability:
    runtime = runtimes.get(name)
    if runtime.tells_by_launching and runtime.ask(machine):
        return runtimes.Availability(True)
    return availability_of(name, machine)


def _answer(question: Question) -> Answer:
    if isinstance(question, HttpGet):
        from sygaldry.host import engine_socket

        return engine_socket.get(question)
    return run(question)


def _told(name: str, reasons: dict[str, str]) -> tuple[str, ...]:
    why = "; ".join(f"{other}: {reason}" for other, reason in reasons.items())
    return (f"runtime {name} ({why})",) if reasons else ()


def _remark(name: str, resolved: Resolved) -> tuple[str, ...]:
    if name != "sandbox":
        return ()
    rootfs, memory = resolved.settings.rootfs, resolved.settings.memory
    unlimited = (f"the sandbox limits no memory: --memory {memory} is left out",) if memory else ()
    seen = f"sandbox over {rootfs}" if rootfs else "the sandbox has the host's own toolchain, not the image's"
    return (seen, *unlimited)
