"""Run the validation suites, each in a child with a limit, and say what they came to."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from sygaldry.flows.gpu.collect import collect_for_gate
from sygaldry.gpu.facts import Facts, read
from sygaldry.gpu.gate import Gate, gate
from sygaldry.gpu.image import ImageFacts
from sygaldry.gpu.unknown import Unknown
from sygaldry.gpu.validation.junit import junit
from sygaldry.gpu.validation.outcome import Exit, Outcome, State, exit_code, outcome_from
from sygaldry.gpu.validation.suite import SKEW
from sygaldry.gpu.versions import format_version
from sygaldry.host import files
from sygaldry.host.run_with_timeout import run_with_timeout
from sygaldry.layout import layout
from sygaldry.model.command import TIMED_OUT, Command, Completed
from sygaldry.model.json_text import parse_json
from sygaldry.model.report import Json, Report

SUITES: Final = ("torch", "jax", "exchange")
_LIMITS_S: Final = {0: 180.0, 1: 120.0, 2: 240.0, 3: 600.0}
_WAY_TO_PYTHON: Final = "choose the environment's Python: --python PATH, or activate it first"

Runner = Callable[[Command, dict[str, str]], Completed]


@dataclass(frozen=True)
class Request:
    """What to validate: how deeply, with which Python, and whether a GPU must be there."""

    level: int = 1
    python: str = "python3"
    gpu: str = "auto"
    allow_no_gpu: bool = False
    self_test: bool = False
    junit: str = ""
    image: ImageFacts = field(default_factory=ImageFacts)

    @property
    def needs_gpu(self) -> bool:
        """Whether a run without a GPU must not be green."""
        return self.gpu == "require" or (self.level > 0 and not self.allow_no_gpu and self.gpu != "false")


def gpu_validate(
    request: Request, *, run: Runner = run_with_timeout, facts: Callable[[], Facts] = lambda: read(collect_for_gate())
) -> Report:
    """Validate; the exit code is 0 passed, 1 wrong, 2 GPU unusable, 3 no GPU, 4 could not be judged."""
    if request.gpu == "require":
        request = replace(request, level=max(request.level, 1))  # level 0 proves nothing of a GPU
    found = facts()
    verdict = gate(found, request.image, "auto")
    has_gpu = found.has_hardware and request.gpu != "false"
    environment: dict[str, Json] = {}
    outcomes = [*_driver(found, verdict, request)]
    outcomes += _ran("xla", "cpu", request, run, environment)
    for suite in SUITES:
        outcomes += _ran(suite, "cpu", request, run, environment)
        if request.level > 0 and has_gpu:
            unusable = _unusable(outcomes) if suite == "exchange" else None
            outcomes += [unusable] if unusable else _ran(suite, "cuda", request, run, environment)
    if (request.level > 0 and not has_gpu) or request.level == 0:
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
        "environment": environment,
        "checks": [each.data() for each in outcomes],
    }
    return Report(data, _lines(outcomes, code, verdict), exit_code=int(code))


def _unusable(outcomes: list[Outcome]) -> Outcome | None:
    """Skip the exchange where one of the two has no GPU to exchange on; that failure is already reported."""
    for suite in SUITES[:2]:
        if not any(each.id == f"{suite}.gpu" and each.state is State.PASS for each in outcomes):
            return Outcome("exchange.dlpack", State.SKIP, f"{suite} cannot use the GPU", device="cuda", level=1)
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
    if isinstance(facts.libraries, Unknown):
        yield Outcome("driver.loader-path", State.SKIP, facts.libraries.reason)
        return
    bad = [part for part in facts.libraries.loader_path if part.rstrip("/").endswith("/stubs")]
    wrong = f"LD_LIBRARY_PATH holds {bad[0]}, whose libcuda is a stub" if bad else ""
    yield Outcome("driver.loader-path", State.FAIL if wrong else State.PASS, wrong)


def _ran(suite: str, device: str, request: Request, run: Runner, environment: dict[str, Json]) -> list[Outcome]:
    """Run one suite in a child and keep what it finished, whatever becomes of it."""
    answer = run(_command(suite, device, request), _variables(suite, device, request))
    outcomes = list(_told(answer.out, environment))
    missing = _missing(suite, outcomes)
    if missing:
        return missing
    if answer.returncode == 0 and (outcomes or suite == "xla"):
        return outcomes
    reason = _trouble(answer, request.python)
    return [*outcomes, Outcome(f"{suite}.run", State.ERROR, reason, device=device, level=0 if device == "cpu" else 1)]


def _command(suite: str, device: str, request: Request) -> Command:
    words = [device, str(request.level)]
    if suite == "torch":
        words += [format_version(request.image.cuda)]
    if suite in ("torch", "xla"):
        words += [request.image.architectures.text()]
    return Command(
        (request.python, "-m", f"sygaldry.gpu.validation.{suite}_suite", *words), timeout_s=_LIMITS_S[request.level]
    )


def _variables(suite: str, device: str, request: Request) -> dict[str, str]:
    above = os.environ.get("PYTHONPATH", "")
    source = str(Path(layout().package).parent)
    on_cpu = {"JAX_PLATFORMS": "cpu", "JAX_SKIP_CUDA_CONSTRAINTS_CHECK": "1", "CUDA_VISIBLE_DEVICES": ""}
    return {
        "PYTHONPATH": f"{source}:{above}" if above else source,
        "CUDA_MODULE_LOADING": "LAZY",
        **(on_cpu if device == "cpu" and suite != "xla" else {"JAX_PLATFORMS": "cuda"}),
        # Only where both share a GPU: everywhere else the default, which takes most of the memory, must work.
        **({"XLA_PYTHON_CLIENT_PREALLOCATE": "false"} if suite == "exchange" else {}),
        **({SKEW: "1.01"} if request.self_test else {}),
    }


def _told(out: str, environment: dict[str, Json]) -> Iterator[Outcome]:
    for line in out.splitlines():
        if not line.startswith("{"):
            continue
        try:
            table = parse_json(line)
            if "environment" in table:
                for suite, facts in table["environment"].items():
                    known = environment.get(suite)
                    environment[suite] = {**(known if isinstance(known, dict) else {}), **facts}
            else:
                yield outcome_from(table)
        except (ValueError, KeyError, TypeError, AttributeError):
            continue


def _missing(suite: str, outcomes: list[Outcome]) -> list[Outcome]:
    """Turn `no module named torch` into its own answer: nothing was judged."""
    for each in outcomes:
        if each.id == f"{suite}.import" and "ModuleNotFoundError" in each.reason:
            reason = f"{suite} is not installed in this Python; {_WAY_TO_PYTHON}"
            return [Outcome(each.id, State.ERROR, reason, device=each.device, level=each.level)]
    return []


def _trouble(answer: Completed, python: str) -> str:
    if answer.returncode == TIMED_OUT:
        return answer.err.splitlines()[-1]
    if answer.returncode == 127:
        return f"{python} is not there; {_WAY_TO_PYTHON}"
    if "No module named 'numpy'" in answer.err:
        return f"numpy is not installed in this Python; {_WAY_TO_PYTHON}"
    return f"the child ended with {answer.returncode}: {answer.last_line[:300]}"


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
