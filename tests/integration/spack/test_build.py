"""Locking and building with the real Spack."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .conftest import World

pytestmark = pytest.mark.spack


def test_a_lock_is_made_with_its_provenance(given: World, locked: dict[str, Any]) -> None:
    names = {each["name"] for each in locked["concrete_specs"].values()}
    assert {"tiny-tool", "tiny-math", "tiny-log", "tiny-app", "tiny-broken", "gcc", "cmake"} <= names
    made = json.loads((given.environment / "sygaldry.lock.json").read_text())
    assert made["spack_version"] == "1.1.0"
    assert {"tiny-tool", "gcc"} <= set(made["recipes"])
    assert made["licenses"]["tiny-log"] == "MIT"
    check = given.run("lock", "--check", str(given.environment))
    assert (check.code, check.out.count("up to date")) == (0, 1)
