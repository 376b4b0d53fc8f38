"""A version counts as supported if the contract suite passes with its release series."""

import pytest

from sygaldry import runtimes


@pytest.mark.parametrize(
    ("name", "version", "supported"),
    [
        ("docker", "20.10.24+dfsg1", True),
        ("docker", "28.2.2", False),
        ("docker", "20.1.0", False),
        ("podman", "4.3.1", True),
        ("podman", "4.30.1", False),
        ("apptainer", "1.4.5-2", True),
        ("sandbox", "0.11.0", True),
        ("sandbox", "0.8.0", False),
        ("docker", "", False),
    ],
)
def test_a_release_series_counts(name: str, version: str, supported: bool) -> None:
    assert runtimes.is_supported(name, version) is supported
    assert runtimes.support(name, version).startswith("supported" if supported else "untested here: ")


def test_an_engine_of_the_user_counts_only_where_the_suite_runs_with_one() -> None:
    assert runtimes.is_supported("docker", "20.10.24", rootless=True)
    assert not runtimes.is_supported("sandbox", "0.11.0", rootless=True)
