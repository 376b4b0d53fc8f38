"""Messages of programs that no family of rules is about."""

from tests.unit.explain._explained import explained


def test_a_log_of_json_objects_names_the_last_error() -> None:
    records = (
        '{"ts": "2026-11-29T01:52:51", "level": "warning", "msg": "3 rows have no id"}\n'
        '{"ts": "2026-11-29T01:52:52", "level": "error", "logger": "etl", "msg": "schema of sink a is stale"}\n'
        '{"ts": "2026-11-29T01:52:53", "level": "info", "msg": "bye", "code": 1}\n'
    )
    assert explained(records).says == "schema of sink a is stale"
    swapped = '{"message": "schema of sink a is stale", "time": 7, "level": "CRITICAL"}\n'
    assert explained(swapped).says == "schema of sink a is stale"
