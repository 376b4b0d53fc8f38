"""The answer of one of Sygaldry's own programs: one line of JSON, after whatever a driver printed."""

from typing import Any

from sygaldry.gpu.recording import Recording
from sygaldry.gpu.unknown import CouldNotCheckError
from sygaldry.model.json_text import parse_json


def child_answer(recording: Recording, name: str, what: str) -> dict[str, Any]:
    """Return the table that the program printed; raises CouldNotCheckError if it did not come that far."""
    answer = recording.output(name)
    if answer is None:
        raise CouldNotCheckError(f"{what} was not asked")
    lines = answer.out.strip().splitlines()
    if answer.code != 0 or not lines:
        raise CouldNotCheckError(
            f"the {what} child ended with {answer.code} and no answer: {answer.err.strip()[-200:]}"
        )
    table: dict[str, Any] = parse_json(lines[-1])
    return table
