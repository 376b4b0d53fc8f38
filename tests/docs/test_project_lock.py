"""The committed lock of this repository describes it."""

from pathlib import Path

import pytest

from sygaldry.config.resolve import resolve
from sygaldry.flows.lock.check import lock_check

ROOT = Path(__file__).parents[2]


def test_the_committed_lock_is_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If it fails: tools/sygaldry lock --no-image."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    report = lock_check(resolve(), str(ROOT))
    assert report.exit_code == 0, report.lines
