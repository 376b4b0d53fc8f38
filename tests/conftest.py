"""What all tests share: steady property tests, signals as a terminal leaves them, and groups that run side by side."""

import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The clock decides about both: on a machine that also builds they fail tests that are right.
settings.register_profile("steady", deadline=None, suppress_health_check=(HealthCheck.too_slow,))
settings.load_profile("steady")

# nohup, a script's `&` and some CI systems start programs with signals ignored, which every program that a test starts
# would inherit.
for _number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, signal.default_int_handler if _number is signal.SIGINT else signal.SIG_DFL)

_TESTS = Path(__file__).parent
# Folders whose tests share engines, ports or a cluster run one after another, in one process for each group.
# They mostly wait, so that `pytest --dist loadgroup -n 3` needs half the time. The rest runs where there is room.
_GROUPS = {
    "integration/contract": "contract",
    "integration/slurm": "cluster",
    "faults/slurm": "cluster",
    "integration": "engines",
    "faults": "engines",
}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Name the group of each test that cannot run beside its neighbours."""
    for item in items:
        folder = item.path.relative_to(_TESTS).as_posix()
        group = next((group for prefix, group in _GROUPS.items() if folder.startswith(f"{prefix}/")), None)
        if group:
            item.add_marker(pytest.mark.xdist_group(group))
