"""What one check came to, and what they all come to."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import IntEnum, StrEnum
from typing import Any, Final

from sygaldry.model.report import Json


class State(StrEnum):
    """A skip is no pass, and an error is no failure: it could not be judged."""

    PASS = "pass"  # noqa: S105 - a word, no password
    FAIL = "fail"
    SKIP = "skip"
    ERROR = "error"


class Exit(IntEnum):
    """The exit codes of `sygaldry gpu validate`."""

    PASSED = 0
    WRONG = 1
    GPU_UNUSABLE = 2
    NO_GPU = 3
    NOT_JUDGED = 4


USE_OF_GPU: Final = "gpu"  # the check `<suite>.gpu` fails where a framework cannot use the GPU at all


@dataclass(frozen=True)
class Outcome:
    """One check. `value` is the relative error that was measured, `limit` what is allowed."""

    id: str
    state: State
    reason: str = ""
    value: float | None = None
    limit: str = ""
    seconds: float = 0.0
    device: str = "cpu"  # cpu, cuda:0 …, or cuda:all
    level: int = 0
    at: str = ""  # when it ended, RFC 3339

    def data(self) -> dict[str, Json]:
        return {**asdict(self), "state": str(self.state)}


def outcome_from(table: Mapping[str, Any]) -> Outcome:
    """Read what a suite printed; raises KeyError or ValueError for anything else."""
    value = table.get("value")
    return Outcome(
        id=str(table["id"]),
        state=State(table["state"]),
        reason=str(table.get("reason", "")),
        value=None if value is None else float(value),
        limit=str(table.get("limit", "")),
        seconds=float(table.get("seconds", 0.0)),
        device=str(table.get("device", "cpu")),
        level=int(table.get("level", 0)),
        at=str(table.get("at", "")),
    )


def exit_code(outcomes: Iterable[Outcome], *, needs_gpu: bool, has_gpu: bool) -> Exit:
    """Work the exit code out: a missing GPU that was needed can never be covered by anything that passed."""
    listed = tuple(outcomes)
    if needs_gpu and not has_gpu:
        return Exit.NO_GPU
    failed = [each for each in listed if each.state is State.FAIL]
    if any(each.id.partition(".")[2] != USE_OF_GPU for each in failed):
        return Exit.WRONG
    if failed:
        return Exit.GPU_UNUSABLE
    if any(each.state is State.ERROR for each in listed):
        return Exit.NOT_JUDGED
    on_gpu = any(each.state is State.PASS and each.device.startswith("cuda") for each in listed)
    if needs_gpu and not on_gpu:
        return Exit.GPU_UNUSABLE
    return Exit.PASSED if any(each.state is State.PASS for each in listed) else Exit.NOT_JUDGED
