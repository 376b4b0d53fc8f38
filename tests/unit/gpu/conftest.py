"""Recorded machines: each fixture is a snapshot as `sygaldry gpu inspect --save` writes it."""

import tomllib
from pathlib import Path
from typing import Any

from sygaldry.gpu.facts import Facts, read
from sygaldry.gpu.recording import FILE, Recording, parse_recording

FIXTURES = Path(__file__).parents[2] / "data" / "gpu"
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads((FIXTURES / "expected.toml").read_text())


def recorded(name: str) -> Recording:
    """Load a fixture."""

    def text(base: str) -> str:
        return (FIXTURES / name / base / FILE).read_text()

    return parse_recording((FIXTURES / name / FILE).read_text(), text)


def facts_of(name: str) -> Facts:
    """Parse a fixture."""
    return read(recorded(name))
