"""Run one validation suite in a child with a limit, and believe only what belongs to this run."""

import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sygaldry.gpu.image import ImageFacts
from sygaldry.gpu.validation.challenge import NONCE, expected
from sygaldry.gpu.validation.outcome import Outcome, State, outcome_from
from sygaldry.gpu.validation.promise import Promise
from sygaldry.gpu.validation.required import unreported
from sygaldry.gpu.validation.suite import SKEW
from sygaldry.gpu.versions import format_version
from sygaldry.layout import layout
from sygaldry.model.command import TIMED_OUT, Command, Completed
from sygaldry.model.json_text import parse_json
from sygaldry.model.report import Json

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
    expect: str = "manifest"  # or cuda, or cpu
    image: ImageFacts = field(default_factory=ImageFacts)
    promise: Promise = field(default_factory=Promise)

    @property
    def needs_gpu(self) -> bool:
        """Whether a run without a GPU must not be green."""
        return self.gpu == "require" or (self.level > 0 and not self.allow_no_gpu and self.gpu != "false")

    @property
    def expected_cuda(self) -> str:
        """The CUDA that the builds must have; empty where CPU builds are right."""
        if self.expect == "cuda":
            return self.promise.cuda or format_version(self.image.cuda)
        return self.promise.cuda if self.expect == "manifest" else ""


@dataclass
class Child:
    """Starts the suites of one validation and keeps what they report about themselves."""

    request: Request
    run: Runner
    environment: dict[str, Json]
    devices: str = ""  # the compute capabilities of the GPUs that would be used

    def outcomes(self, suite: str, device: str, uuid: str = "") -> list[Outcome]:
        """Run one suite and keep what it finished, whatever becomes of it."""
        nonce = secrets.token_hex(8)
        variables = {**_variables(suite, device, self.request), NONCE: nonce}
        if uuid:
            variables["CUDA_VISIBLE_DEVICES"] = uuid
        answer = self.run(_command(suite, device, self.request, self.devices), variables)
        lines = tuple(_lines_of(answer.out, nonce))
        outcomes = list(self._read(lines))
        missing = _not_installed(suite, outcomes)
        if missing:
            return missing
        outcomes += _proof(suite, device, nonce, lines, outcomes)
        level = self.request.level
        if answer.returncode == 0 and (outcomes or suite == "xla"):
            return outcomes + unreported(suite, device, level, outcomes)
        reason = _failure(answer, self.request.python)
        return [*outcomes, Outcome(f"{suite}.run", State.ERROR, reason, device=device, level=_least(device))]

    def _read(self, lines: tuple[dict[str, Json], ...]) -> Iterator[Outcome]:
        for table in lines:
            try:
                facts = table.get("environment")
                if isinstance(facts, dict):
                    for suite, values in facts.items():
                        known = self.environment.get(suite)
                        added = values if isinstance(values, dict) else {}
                        self.environment[suite] = {**(known if isinstance(known, dict) else {}), **added}
                elif "proof" not in table:
                    yield outcome_from(table)
            except (ValueError, KeyError, TypeError, AttributeError):
                continue


def _least(device: str) -> int:
    return 0 if device == "cpu" else 1


def _lines_of(out: str, nonce: str) -> Iterator[dict[str, Json]]:
    """Read the lines that carry the nonce of this run."""
    for line in out.splitlines():
        if not line.startswith("{"):
            continue
        try:
            table = parse_json(line)
        except ValueError:
            continue
        if isinstance(table, dict) and table.get("nonce") == nonce:
            yield table


def _proof(
    suite: str, device: str, nonce: str, lines: tuple[dict[str, Json], ...], outcomes: list[Outcome]
) -> Iterator[Outcome]:
    """Compare the run's own computation with plain integers; a suite that ran its numbers must have it."""
    if suite not in ("torch", "jax") or device == "cuda:all":
        return
    if not any(each.id == f"{suite}.matmul-fp32" for each in outcomes):
        return  # it did not come that far, which is reported
    given = [table["proof"] for table in lines if isinstance(table.get("proof"), dict)]
    result = given[-1].get(suite) if given and isinstance(given[-1], dict) else None
    right = result == expected(nonce)
    reason = "" if right else f"this run's own computation gave {result}, not {expected(nonce)}"
    yield Outcome(f"{suite}.proof", State.PASS if right else State.FAIL, reason, device=device, level=_least(device))


def _command(suite: str, device: str, request: Request, devices: str) -> Command:
    words, promise = [device, str(request.level)], request.promise
    if suite in ("torch", "jax"):
        words += [request.expected_cuda]
    if suite == "torch":
        words += [promise.torch, promise.source, devices]
    if suite == "xla":
        words += [promise.jax]
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


def _not_installed(suite: str, outcomes: list[Outcome]) -> list[Outcome]:
    """Turn `no module named torch` into its own answer: nothing was judged."""
    for each in outcomes:
        if each.id == f"{suite}.import" and "ModuleNotFoundError" in each.reason:
            reason = f"{suite} is not installed in this Python; {_WAY_TO_PYTHON}"
            return [Outcome(each.id, State.ERROR, reason, device=each.device, level=each.level)]
    return []


def _failure(answer: Completed, python: str) -> str:
    if answer.returncode == TIMED_OUT:
        return answer.err.splitlines()[-1]
    if answer.returncode == 127:
        return f"{python} is not there; {_WAY_TO_PYTHON}"
    if "No module named 'numpy'" in answer.err:
        return f"numpy is not installed in this Python; {_WAY_TO_PYTHON}"
    return f"the child ended with {answer.returncode}: {answer.last_line[:300]}"
