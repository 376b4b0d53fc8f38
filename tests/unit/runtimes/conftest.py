"""A workspace that shows every kind of word a runtime has to say."""

from collections.abc import Callable

import pytest

from sygaldry.model.workspace import Identity, Mount, Workspace


@pytest.fixture
def workspace() -> Callable[..., Workspace]:
    """Make workspaces whose values a test changes."""

    def make(**changes: object) -> Workspace:
        values: dict[str, object] = {
            "name": "sygaldry-demo-1",
            "project": "demo",
            "image": "n:1",
            "argv": ("/bin/bash", "/w/default.sh", "a b"),
            "identity": Identity(1000, 100, (100, 27)),
            "mounts": (Mount("/s/a b", "/workspace", writable=True), Mount("/s/x,y", "/config")),
            "environment": {"HOME": "/home/kvothe"},
            "passed": ("HF_TOKEN",),
            "labels": {"dev.sygaldry.project": "demo"},
            "shm_size": "64m",
            "interactive": True,
        }
        return Workspace(**{**values, **changes})  # type: ignore[arg-type]

    return make
