"""The marker of a storage folder survives any path and refuses what is not ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sygaldry.model.errors import StorageError
from sygaldry.model.marker import Marker, parse


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1), min_size=1))
def test_any_path_comes_back_as_it_was(paths: list[str]) -> None:
    marker = Marker("demo", tuple(paths))
    assert parse(marker.text(), "/x") == marker


def test_the_marker_of_this_release_is_read_for_ever() -> None:
    text = "sygaldry-storage 1\nproject demo\nworkspace /home/me/a\\nb\\\\n\nworkspace /srv/b\n"
    assert parse(text, "/x") == Marker("demo", ("/home/me/a\nb\\n", "/srv/b"))


@pytest.mark.parametrize("text", ["", "\0", "{}", "sygaldry-storage x\n", "project demo\n"])
def test_what_is_not_ours_is_refused(text: str) -> None:
    with pytest.raises(StorageError, match="damaged or not ours"):
        parse(text, "/x")


def test_a_newer_marker_is_refused() -> None:
    with pytest.raises(StorageError, match="newer"):
        parse("sygaldry-storage 2\n", "/x")
