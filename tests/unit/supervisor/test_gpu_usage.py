"""A sample of the GPU probe is taken only as whole numbers in range."""

import pytest

from sygaldry.supervisor.gpu_monitor import _parse, _parse_usage


def test_a_sample_is_read_and_is_no_trouble() -> None:
    line = b'{"kind": "alive", "gpu_percent": 50, "gpu_bytes": 300}'
    assert _parse_usage(line) == {"gpu_percent": 50, "gpu_bytes": 300}
    assert _parse(line) == {}


@pytest.mark.parametrize(
    "line",
    [b"", b"[]", b'{"kind": "xid", "gpu_percent": 1}', b'{"kind": "alive", "gpu_percent": true, "gpu_bytes": -1}'],
)
def test_anything_else_is_no_sample(line: bytes) -> None:
    assert _parse_usage(line) == {}
