"""A sample of the GPU probe is taken only as whole numbers in range."""

from typing import Any

import pytest

from sygaldry.supervisor.gpu_monitor import usage_of


def test_a_sample_is_read() -> None:
    record = {"kind": "alive", "gpu_percent": 50, "gpu_bytes": 300}
    assert usage_of(record) == {"gpu_percent": 50, "gpu_bytes": 300}


@pytest.mark.parametrize(
    "record", [{}, {"kind": "xid", "gpu_percent": 1}, {"kind": "alive", "gpu_percent": True, "gpu_bytes": -1}]
)
def test_anything_else_is_no_sample(record: dict[str, Any]) -> None:
    assert usage_of(record) == {}
