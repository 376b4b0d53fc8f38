"""The fields of printed objects are left out of a long message first."""

from sygaldry.explain.text import shorten


def test_the_fields_of_printed_objects_are_left_out_before_words() -> None:
    text = (
        "IndivisibleError: Sharding NamedSharding(mesh=Mesh('data': 4, axis_types=(Auto,)), spec=P('data', None))"
        " implies that array axis 0 is partitioned 4 times, but the dimension size is 10"
    )
    assert shorten(text, 140) == (
        "IndivisibleError: Sharding NamedSharding(…)"
        " implies that array axis 0 is partitioned 4 times, but the dimension size is 10"
    )
    assert "ValueError('the table=gears is empty')" in shorten(
        f"{'x' * 200} ValueError('the table=gears is empty')", 160
    )
