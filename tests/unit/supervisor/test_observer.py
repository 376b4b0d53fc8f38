"""Records of the observer are accepted only as far as they have the right form."""

import pytest

from sygaldry.supervisor.observer import _known
from sygaldry.supervisor.record_pipe import _object


@pytest.mark.parametrize(
    ("line", "record"),
    [
        (b'{"event":"at","done":3,"total":9}', {"event": "at", "done": 3, "total": 9}),
        (
            b'{"event":"phase","phase":"build","tool":"ninja","evil":1}',
            {"event": "phase", "phase": "build", "tool": "ninja"},
        ),
        (b'{"event":"error","text":["nested"],"key":4}', {"event": "error", "key": 4}),
        (b'{"event":"exit","state":"DONE"}', {}),
        (b'["event"]', {}),
        (b"{torn", {}),
        (b"\xff\xfe", {}),
    ],
)
def test_a_record_holds_known_events_keys_and_plain_values(line: bytes, record: dict[str, object]) -> None:
    assert _known(_object(line)) == record
