"""What the suites share: run checks one after the other, print each outcome at once, compare with float64."""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from sygaldry.gpu.validation.bands import BANDS, EXACT, Band
from sygaldry.gpu.validation.challenge import NONCE, parameters
from sygaldry.gpu.validation.outcome import Outcome, State

SKEW = "SYGALDRY_VALIDATE_SKEW"  # a factor on every reference, by which `--self-test` proves that a failure is seen


class SkippedError(Exception):
    """The check does not apply here; the message says why."""


class FailedError(Exception):
    """The check found something wrong; the message says what."""


class NotJudgedError(Exception):
    """The check could not be made; the message says what is missing."""


@dataclass
class Suite:
    """Runs the checks of one framework on one device."""

    name: str
    device: str
    level: int
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """The device in the words of the frameworks; which GPU it is, CUDA_VISIBLE_DEVICES decides."""
        return self.device.partition(":")[0]

    def imported(self, name: str) -> Any:  # noqa: ANN401 - a module
        """Import a framework as a check of its own; None if that failed, which is reported."""
        found: list[Any] = []
        self.check("import", 0, lambda: found.append(import_module(name)))
        return found[0] if found else None

    def check(self, name: str, level: int, run: Callable[[], float | None]) -> bool:
        """Run a check if the level asks for it and return whether it passed; a number is compared with its band."""
        if level > self.level:
            return False
        started = time.perf_counter()
        band = BANDS.get(name, EXACT)
        state, reason, value = State.PASS, "", None
        try:
            value = run()
        except SkippedError as error:
            state, reason = State.SKIP, str(error)
        except FailedError as error:
            state, reason = State.FAIL, str(error)
        except NotJudgedError as error:
            state, reason = State.ERROR, str(error)
        except Exception as error:  # noqa: BLE001 - whatever a framework raises is a result
            text = f"{type(error).__name__}: {str(error).strip()[:500] or '(no message)'}"
            missing = missing_tool(text)
            state, reason = (State.ERROR, missing) if missing else (State.FAIL, text)
        if value is not None and not band.holds(value):
            state, reason = State.FAIL, _verdict(value, band)
        seconds = round(time.perf_counter() - started, 3)
        limit = band.text() if value is not None else ""
        ended = datetime.now(tz=UTC).isoformat(timespec="seconds")
        self.report(Outcome(f"{self.name}.{name}", state, reason, value, limit, seconds, self.device, level, ended))
        return state is State.PASS

    def report(self, outcome: Outcome) -> None:
        """Print an outcome now; the next check may take the process down."""
        self.outcomes.append(outcome)
        emit(outcome.data())

    def environment(self, **facts: object) -> None:
        """Print what was used."""
        emit({"environment": {self.name: facts}})

    def proof(self, compute: Callable[[int, int], int]) -> None:
        """Print the result of the run's own computation; the parent knows what it must be."""
        emit({"proof": {self.name: compute(*parameters(os.environ.get(NONCE, "")))}})


def emit(table: Mapping[str, object]) -> None:
    """Print one line with the nonce of this run; the parent reads no others."""
    sys.stdout.write(json.dumps({**table, "nonce": os.environ.get(NONCE, "")}, default=str) + "\n")
    sys.stdout.flush()


_NO_COMPILER = ("Failed to find C compiler", "InvalidCxxCompiler", "No working C++ compiler", "fatal error: Python.h")


def missing_tool(text: str) -> str:
    """Say which tool of the build is missing, as opposed to a wrong result; empty for anything else."""
    found = next((each for each in _NO_COMPILER if each in text), "")
    if "Python.h" in found:
        return "Python's headers are missing, which Triton compiles against: install python3-dev"
    return "a C compiler is missing, which Triton and torch.compile call: install gcc" if found else ""


def relative_error(got: Any, wanted: Any) -> float:  # noqa: ANN401 - arrays of any framework
    """Return the relative Frobenius error against a float64 reference; infinite where a result is not finite."""
    import numpy as np

    result, reference = np.asarray(got, dtype=np.float64), np.asarray(wanted, dtype=np.float64) * skew()
    if result.shape != reference.shape or not np.isfinite(result).all():
        return float("inf")
    return float(np.linalg.norm(result - reference) / max(float(np.linalg.norm(reference)), 1e-30))


def skew() -> float:
    """Return the factor of the self-test, 1 in earnest."""
    return float(os.environ.get(SKEW, "1"))


def loaded_from_elsewhere(*homes: str) -> str:
    """Name a loaded CUDA library that lies outside of the environment; raises SkippedError if none is loaded."""
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:  # noqa: PTH123 - a list of lines
        paths = {line.rstrip().partition("/")[2] for line in maps if "/lib" in line}
    mine = {f"/{path}" for path in paths if path.rpartition("/")[2].startswith(_CUDA_LIBRARIES)}
    if not mine:
        raise SkippedError("no CUDA library is loaded: a CPU build")
    roots = tuple(os.path.realpath(home) for home in (*homes, sys.prefix, "/opt/spack_store", "/usr/local/cuda"))
    return next((path for path in sorted(mine) if not os.path.realpath(path).startswith(roots)), "")


_CUDA_LIBRARIES = (
    "libcudnn",
    "libcublas",
    "libcudart",
    "libcufft",
    "libcusolver",
    "libcusparse",
    "libnccl",
    "libnvrtc",
)


def _verdict(value: float, band: Band) -> str:
    if value < band.above:
        return f"relative error {value:.2e}: too exact, the mode had no effect (expected {band.text()})"
    return f"relative error {value:.2e}, allowed {band.text()}"
