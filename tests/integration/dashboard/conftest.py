"""A dashboard over ledgers made by hand, asked without a network."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.fakes.ledger import make_project

from sygaldry.config.resolve import Resolved
from sygaldry.config.settings import Settings
from sygaldry.dashboard.access import LOOPBACK, Access
from sygaldry.dashboard.app import build_app
from sygaldry.dashboard.context import Context
from sygaldry.dashboard.serve import ServeOptions, make_context

TOKEN = "a-token-of-this-test"  # noqa: S105 - made up


@dataclass(frozen=True)
class Dashboard:
    """A server, its storage and a client that has a session."""

    root: Path
    jobs: Path
    context: Context
    client: TestClient

    def page(self, path: str, status: int = 200) -> str:
        """Return a page."""
        answer = self.client.get(path)
        assert answer.status_code == status, (path, answer.text[-2000:])
        return answer.text


def new_client(context: Context) -> TestClient:
    """Make a client without a session."""
    return TestClient(build_app(context), base_url="http://127.0.0.1:18900", raise_server_exceptions=True)


@pytest.fixture
def dashboard(tmp_path: Path) -> Iterator[Dashboard]:
    root = tmp_path / "storage"
    jobs = make_project(root, "demo")
    resolved = Resolved(Settings(storage_root=str(root), workspace=str(tmp_path)))
    context = make_context(resolved, ServeOptions(), Access(TOKEN, hosts=LOOPBACK))
    client = new_client(context)
    client.get(f"/?token={TOKEN}")
    yield Dashboard(root, jobs, context, client)
    context.stopping.set()
    client.close()
