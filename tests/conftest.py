"""What all tests share: steady property tests, signals as a terminal leaves them, and groups that run side by side."""

import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# The clock decides about both: on a machine that also builds they fail tests that are right.
settings.register_profile("steady", deadline=None, suppress_health_check=(HealthCheck.too_slow,))
settings.load_profile("steady")

# nohup, a script's `&` and some CI systems start programs with signals ignored, which every program that a test starts
# would inherit.
for _number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, signal.default_int_handler if _number is signal.SIGINT else signal.SIG_DFL)

# Folders whose tests share images, ports or a cluster run one after another, in one process for each group.
# They mostly wait, so that `pytest --dist loadgroup -n 3` needs a third of the time. The rest runs where there is room.
# The three groups take about equally long; a fourth would wait behind the first.
_GROUPS = {
    "tests/integration/contract/": "contract",
    **{
        f"tests/integration/{folder}/": "containers"
        for folder in ("apptainer", "bazel", "devcontainer", "docker", "image", "podman")
    },
    "tests/integration/": "hosts",
    "tests/faults/slurm/": "hosts",
    "tests/faults/": "containers",
}


class _Groups(LoadScopeScheduling):  # type: ignore[misc] # xdist has no types
    """Give each group to one process, largest group first; other tests wherever there is room.

    xdist's own marks for groups have no effect with pytest 9.2, whose node ids cannot be given a suffix.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((group for folder, group in _GROUPS.items() if nodeid.startswith(folder)), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling | None:
    """Choose our groups for `--dist loadgroup`."""
    return _Groups(config, log) if config.getvalue("dist") == "loadgroup" else None


@pytest.fixture(autouse=True)
def _shared_folder_stays_shared() -> Iterator[None]:
    """Fail a test during which /tmp changes its mode: other users could make no file there, and tests as them fail."""
    folder = Path("/tmp")
    before = stat.S_IMODE(folder.stat().st_mode)
    yield
    after = stat.S_IMODE(folder.stat().st_mode)
    if after != before:
        folder.chmod(before)
        pytest.fail(f"the mode of {folder} was {before:o} and became {after:o}, by this test or by one beside it")
