"""The real sandbox: skipped, with the reason, where the kernel does not let bubblewrap work."""

import json
from collections.abc import Callable

import pytest
from tests.integration.conftest import World

_WHY_NOT: list[str] = []  # asked once a session


@pytest.fixture
def sandbox(new_world: Callable[..., World]) -> World:
    """Give a world whose runtime is the sandbox."""
    world = new_world(SYGALDRY_RUNTIME="sandbox")
    if not _WHY_NOT:
        answer = json.loads(world.sygaldry("runtimes", "--json").stdout)
        found = answer["data"]["runtimes"]["sandbox"]
        _WHY_NOT.append("" if found["works"] else found["reason"])
    if _WHY_NOT[0]:
        pytest.skip(f"no sandbox here: {_WHY_NOT[0]}")
    return world
