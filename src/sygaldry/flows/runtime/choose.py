"""Choose the runtime: the requested one, or the first that works."""

from __future__ import annotations

from sygaldry import runtimes
from sygaldry.config.settings import Settings
from sygaldry.host.run import run
from sygaldry.model.command import HttpGet
from sygaldry.model.errors import RuntimeMissingError, UsageError
from sygaldry.model.value import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.config.resolve import Resolved
    from sygaldry.model.machine import Machine
    from sygaldry.runtimes import Answer, Availability, Question


@dataclass(frozen=True)
class RuntimeChoice:
    """The chosen runtime, notes about it for the caller, and whether its engine maps the caller to its own root."""

    name: str
    notes: tuple[str, ...] = ()
    rootless: bool = False


def choose_runtime(
    resolved: Resolved, machine: Machine, *, rejected_runtimes: dict[str, str] | None = None
) -> RuntimeChoice:
    """Choose a runtime; raises RuntimeMissingError with a hint how to install one.

    `rejected_runtimes` maps runtimes that cannot be used to their reasons.
    """
    requested = resolved.settings.runtime
    if requested != "auto":
        if refusal := _refusal(requested, resolved):
            raise UsageError(refusal, hint="leave it out, or choose another one: sygaldry runtimes")
        availability = _availability_fast(requested, machine)
        if not availability.works:
            raise RuntimeMissingError(f"{requested} cannot run here: {availability.reason}", hint=availability.remedy)
        notes = (*_problem_notes(requested, availability), *_runtime_notes(requested, resolved, machine))
        return RuntimeChoice(requested, notes, availability.rootless)
    reasons = dict(rejected_runtimes or {})
    for name in runtimes.names():
        if name in reasons:
            continue
        if refusal := _refusal(name, resolved):
            reasons[name] = refusal
            continue
        availability = _availability_fast(name, machine)
        if availability.works:
            is_fallback = bool(reasons) and name == "sandbox" and not resolved.settings.rootfs
            notes = (
                *_rejection_notes(name, reasons, is_fallback=is_fallback),
                *_problem_notes(name, availability),
            )
            own = _runtime_notes(name, resolved, machine)
            # The warning about a fall-back covers the first note.
            return RuntimeChoice(name, (*notes, *(own[1:] if is_fallback else own)), availability.rootless)
        reasons[name] = availability.reason
    raise RuntimeMissingError(
        "no runtime works here: " + "; ".join(f"{name}: {reason}" for name, reason in reasons.items()),
        hint="list what each one needs: sygaldry runtimes",
    )


def availability_of(name: str, machine: Machine) -> Availability:
    """Ask one runtime whether it works here."""
    runtime = runtimes.get(name)
    return runtime.judge(machine, tuple(_answer(question) for question in runtime.ask(machine)))


def _availability_fast(name: str, machine: Machine) -> Availability:
    runtime = runtimes.get(name)
    if runtime.probed_by_launch and runtime.ask(machine):
        return runtimes.Availability(True)
    return availability_of(name, machine)


def _answer(question: Question) -> Answer:
    if isinstance(question, HttpGet):
        from sygaldry.host import engine_socket

        return engine_socket.get(question)
    return run(question)


def _refusal(name: str, resolved: Resolved) -> str:
    """Return which setting a runtime cannot honour, and why; empty if there is none."""
    default = Settings()
    for setting, reason in runtimes.get(name).unsupported.items():
        if getattr(resolved.settings, setting) != getattr(default, setting):
            return f"{name} does not support {resolved.origins.get(setting, setting)}: {reason}"
    return ""


def _rejection_notes(name: str, reasons: dict[str, str], *, is_fallback: bool) -> tuple[str, ...]:
    """Report why no earlier runtime is used. A fall-back to the host's toolchain is a warning, which -q keeps."""
    why = "; ".join(f"{other}: {reason}" for other, reason in reasons.items())
    warning = "warning: the host's toolchain is used, not an image's (--runtime sandbox accepts that): "
    return (f"{warning if is_fallback else ''}runtime {name} ({why})",) if reasons else ()


def _problem_notes(name: str, availability: Availability) -> tuple[str, ...]:
    """Name what may end or slow down a launch, with the remedy, before the engine's own message does."""
    return tuple(f"warning: {name}: {problem}; fix: {remedy}" for problem, remedy in availability.problems)


def _runtime_notes(name: str, resolved: Resolved, machine: Machine) -> tuple[str, ...]:
    """Report what a runtime cannot do. Raises UsageError if that was requested explicitly."""
    if name == "apptainer":
        return _apptainer_notes(resolved)
    return _sandbox_notes(resolved, machine) if name == "sandbox" else ()


def _apptainer_notes(resolved: Resolved) -> tuple[str, ...]:
    if resolved.settings.network != "bridge":
        return ()
    if resolved.origins.get("network", "default") != "default":
        raise UsageError(
            "apptainer has no network of its own to give (network=bridge)",
            hint="share the host's, --network host, or have none, --network none",
        )
    return ("apptainer shares the host's network, and applies no seccomp filter",)


def _sandbox_notes(resolved: Resolved, machine: Machine) -> tuple[str, ...]:
    """Report what the sandbox does otherwise than an engine: its toolchain, its network, its limits."""
    from sygaldry.runtimes._sandbox_bounds import shares_host_network

    settings = resolved.settings
    seen = (
        f"sandbox over {settings.rootfs}"
        if settings.rootfs
        else "the sandbox has the host's toolchain, not the image's"
    )
    shared = shares_host_network(machine) if settings.network == "bridge" else ""
    network = (f"warning: the sandbox shares the host's network: {shared}",) if shared else ()
    wanted = tuple(
        f"--{flag} {value}"
        for flag, value in (("memory", settings.memory), ("pids-limit", settings.pids_limit))
        if value and not machine.limiter
    )
    unlimited = f"warning: {' and '.join(wanted)} cannot be enforced here: there is no systemd and no writable cgroup"
    return (seen, *network, *((unlimited,) if wanted else ()))
