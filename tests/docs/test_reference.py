"""The reference is what the code says."""

from pathlib import Path

import pytest
from tests.integration.conftest import CHECKOUT

from sygaldry.cli._reference import pages

_FOLDER = CHECKOUT / "docs" / "reference"


@pytest.mark.parametrize("name", sorted(pages()))
def test_a_reference_page_is_up_to_date(name: str) -> None:
    assert (_FOLDER / name).read_text() == pages()[name], "make it anew: tools/check -s reference"


def test_the_locks_hold_what_is_declared() -> None:
    import tomllib

    declared = tomllib.loads(Path(CHECKOUT, "pyproject.toml").read_text())
    run, dev = ((CHECKOUT / "locks" / f"{name}.txt").read_text() for name in ("run", "dev"))
    for requirement in declared["project"]["dependencies"]:
        assert f"{requirement.split('>=')[0]}==" in run
    for requirement in declared["dependency-groups"]["dev"]:
        assert f"{requirement.split('>=')[0]}==" in dev
    locked = [line.split(" ")[0] for line in run.splitlines() if "==" in line]
    assert [line for line in locked if line not in dev] == [], "both locks pin the same versions"
