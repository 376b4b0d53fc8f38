"""Run the validation suites, each in a child with a limit, and say what they came to."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from sygaldry.flows.gpu.collect import collect_for_gate
from sygaldry.flows.gpu.validation_child import Child, Request, Runner
from sygaldry.gpu.facts import Facts, read
from sygaldry.gpu.gate import Gate, gate
from sygaldry.gpu.health import health_news
from sygaldry.gpu.unknown import Unknown
from sygaldry.gpu.validation.junit import junit
from sygaldry.gpu.validation.outcome import Exit, Outcome, State, exit_code
from sygaldry.host import files
from sygaldry.host.run_with_timeout import run_with_timeout
from sygaldry.model.report import Json, Report

SUITES: Final = ("torch", "jax", "exchange")
_STRESS_LEVEL: Final = 3
_WATCHED: Final = ("kernel-log",)


def gpu_validate(
    request: Request, *, run: Runner = run_with_timeout, facts: Callable[[], Facts] | None = None
) -> Report:
    """Validate; the exit code is 0 passed, 1 wrong, 2 GPU unusable, 3 no GPU, 4 could not be judged."""
    if request.gpu == "require":
        request = replace(request, level=max(request.level, 1))  # level 0 proves nothing of a GPU
    look = facts or (lambda: read(collect_for_gate(also=_WATCHED if request.level >= _STRESS_LEVEL else ())))
    found = look()
    verdict = gate(found, request.image, "auto")
    has_gpu = found.has_hardware and request.gpu != "false"
    environment: dict[str, Json] = {}
    child = Child(request, run, environment, _capabilities(verdict))
    outcomes = [*_driver(found, verdict, request)]
    outcomes += child.outcomes("xla", "cpu")
    for suite in SUITES:
        outcomes += child.outcomes(suite, "cpu")
    if request.level > 0 and has_gpu:
        outcomes += _on_gpus(child, verdict)
        outcomes += _watched(found, look) if request.level >= _STRESS_LEVEL else []
    else:
        reason = "level 0 runs nothing on a GPU" if request.level == 0 else "no GPU: SKIPPED, not passed"
        outcomes += [Outcome(f"{suite}.gpu", State.SKIP, reason, device="cuda", level=1) for suite in SUITES[:2]]
    code = exit_code(outcomes, needs_gpu=request.needs_gpu, has_gpu=has_gpu)
    properties = {
        "gate": str(verdict.mode),
        "driver": found.driver,
        "level": str(request.level),
        "exit": str(int(code)),
    }
    if request.junit:
        files.replace(Path(request.junit), junit(outcomes, properties), 0o644)
    data: dict[str, Json] = {
        "level": request.level,
        "exit": int(code),
        "verdict": code.name.lower(),
        "gate": verdict.data(),
        "expected": {"cuda": request.expected_cuda, **request.promise.data()},
        "environment": environment,
        "checks": [each.data() for each in outcomes],
    }
    head, *rows = _lines(outcomes, code, verdict)
    return Report(data, (head, request.promise.text(request.expected_cuda), *rows), exit_code=int(code))


def _capabilities(verdict: Gate) -> str:
    """Write the compute capabilities of the GPUs that would be used."""
    found = {each.gpu.capability for each in verdict.usable if each.gpu.capability}
    return ",".join(f"{major}.{minor}" for major, minor in sorted(found))


def _on_gpus(child: Child, verdict: Gate) -> list[Outcome]:
    """Validate every GPU by itself, and at the deepest level all of them together."""
    gpus = [(each.gpu.index, each.gpu.uuid) for each in verdict.usable] or [(0, "")]
    outcomes: list[Outcome] = []
    for index, uuid in gpus:
        device = f"cuda:{index}"
        for suite in SUITES:
            unusable = _unusable(outcomes, device) if suite == "exchange" else None
            outcomes += [unusable] if unusable else child.outcomes(suite, device, uuid)
    if child.request.level >= _STRESS_LEVEL:
        for suite in SUITES[:2]:
            outcomes += child.outcomes(suite, "cuda:all")
    return outcomes


def _unusable(outcomes: list[Outcome], device: str) -> Outcome | None:
    """Skip the exchange where one of the two has no GPU to exchange on; that failure is already reported."""
    for suite in SUITES[:2]:
        passed = (each.id == f"{suite}.gpu" and each.state is State.PASS and each.device == device for each in outcomes)
        if not any(passed):
            return Outcome("exchange.dlpack", State.SKIP, f"{suite} cannot use the GPU", device=device, level=1)
    return None


def _driver(facts: Facts, verdict: Gate, request: Request) -> Iterator[Outcome]:
    """Judge what no framework is needed for."""
    if not facts.has_hardware:
        yield Outcome("driver.gate", State.SKIP, "no NVIDIA GPU on this machine", device="cuda", level=1)
    elif verdict.on:
        yield Outcome("driver.gate", State.PASS, verdict.reason)
    else:
        # Level 0 needs no GPU, so a GPU that cannot be used is worth a word there, but no failure.
        state = State.FAIL if request.needs_gpu or request.level > 0 else State.SKIP
        yield Outcome("driver.gpu", state, f"{verdict.mode}: {verdict.reason}", device="cuda", level=1)
    for each in verdict.gpus if verdict.on and request.level > 0 else ():
        if not each.usable:
            yield Outcome("driver.gpu-left-out", State.FAIL, each.reason, device=f"cuda:{each.gpu.index}", level=1)
    if isinstance(facts.libraries, Unknown):
        yield Outcome("driver.loader-path", State.SKIP, facts.libraries.reason)
        return
    bad = [part for part in facts.libraries.loader_path if part.rstrip("/").endswith("/stubs")]
    wrong = f"LD_LIBRARY_PATH holds {bad[0]}, whose libcuda is a stub" if bad else ""
    yield Outcome("driver.loader-path", State.FAIL if wrong else State.PASS, wrong)


def _watched(before: Facts, facts: Callable[[], Facts]) -> Iterator[Outcome]:
    """Compare the driver before and after the stress: new Xid events, memory errors, throttling."""
    news = health_news(before, facts())
    for name, trouble in news.items():
        yield Outcome(f"driver.stress-{name}", State.FAIL if trouble else State.PASS, trouble, device="cuda", level=3)


def _lines(outcomes: list[Outcome], code: Exit, verdict: Gate) -> tuple[str, ...]:
    counts = ", ".join(f"{sum(each.state is state for each in outcomes)} {_WORDS[state]}" for state in State)
    head = f"GPU validation: {code.name.lower().replace('_', ' ')} ({counts}); {verdict.line()}"
    rows = (
        f"{each.state.upper():5} {each.device:4} {each.id:28} {_measured(each)} {each.reason}".rstrip()
        for each in outcomes
    )
    return (head, *rows)


_WORDS: Final = {State.PASS: "passed", State.FAIL: "failed", State.SKIP: "skipped", State.ERROR: "not judged"}


def _measured(outcome: Outcome) -> str:
    value = f"{outcome.value:8.1e} {outcome.limit:14}" if outcome.value is not None else f"{'':23}"
    return f"{value} {outcome.seconds:6.2f} s"
