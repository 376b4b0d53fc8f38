"""The real locks of the repository, read once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sygaldry.spack.lock import Lock, dag_hash, parse_lock

PACKAGES = Path(__file__).parents[3] / "pkg"

Change = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="session")
def zephyr() -> Lock:
    """The lock that users install."""
    path = PACKAGES / "zephyr" / "spack.lock"
    return parse_lock(path.read_text(), str(path))


@pytest.fixture(scope="session")
def edited() -> Callable[[str, Change], Lock]:
    """Change one package of zephyr's lock as a new solution would: every hash above it changes too."""
    text = (PACKAGES / "zephyr" / "spack.lock").read_text()

    def edit(name: str, change: Change) -> Lock:
        raw = json.loads(text)
        specs = raw["concrete_specs"]
        first = next(key for key, each in specs.items() if each["name"] == name and "external" not in each)
        change(specs[first])
        renamed = {first: dag_hash(specs[first])}
        left = [first]
        while left:
            below = left.pop(0)
            for key, each in specs.items():
                for needed in each.get("dependencies", ()):
                    if needed["hash"] == below:
                        needed["hash"] = "changed:" + below
                        left.append(key)
        _rename(specs, renamed)
        raw["concrete_specs"] = {renamed.get(key, key): each for key, each in specs.items()}
        for root in raw["roots"]:
            root["hash"] = renamed.get(root["hash"], root["hash"])
        return parse_lock(json.dumps(raw), "edited")

    return edit


def _rename(specs: dict[str, Any], renamed: dict[str, str]) -> None:
    """Compute the hashes anew from the bottom up."""
    changed = {key for key, each in specs.items() if any(":" in need["hash"] for need in each.get("dependencies", ()))}
    changed |= set(renamed)

    def settle(key: str) -> str:
        each = specs[key]
        for need in each.get("dependencies", ()):
            if need["hash"].startswith("changed:"):
                need["hash"] = settle(need["hash"].removeprefix("changed:"))
        if key in changed:
            renamed[key] = each["hash"] = dag_hash(each)
        return renamed.get(key, key)

    for key in sorted(changed):
        settle(key)
