"""Our frozen values behave as the dataclasses that the type checker takes them for."""

import pytest

from sygaldry.model.value import dataclass, field, replace


@dataclass(frozen=True)
class Point:
    x: int
    y: int = 2
    tags: tuple[str, ...] = ()
    note: str = field(default="", compare=False)
    more: dict[str, int] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        if self.x < 0:
            raise ValueError("negative")


def test_fields_come_by_place_or_name_or_default() -> None:
    point = Point(1, tags=("a",))
    assert (point.x, point.y, point.tags, point.note, point.more) == (1, 2, ("a",), "", {})


def test_equality_and_hash_follow_the_compared_fields() -> None:
    assert Point(1, note="a") == Point(1, note="b")
    assert hash(Point(1)) == hash(Point(1))
    assert Point(1) != Point(2)
    assert Point(1).__eq__("another kind") is NotImplemented


def test_nothing_can_be_changed() -> None:
    with pytest.raises(AttributeError):
        Point(1).x = 5  # type: ignore[misc]


def test_replace_makes_a_changed_copy_and_checks_it() -> None:
    assert replace(Point(1, 7), x=3) == Point(3, 7)
    with pytest.raises(ValueError, match="negative"):
        replace(Point(1), x=-1)


def test_factories_are_not_shared() -> None:
    one, two = Point(1), Point(1)
    one.more["a"] = 1
    assert two.more == {}


def test_mistakes_are_type_errors() -> None:
    with pytest.raises(TypeError):
        Point()  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Point(1, z=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Point(1, x=1)  # type: ignore[misc]


def test_it_shows_its_fields() -> None:
    assert repr(Point(1)) == "Point(x=1, y=2, tags=(), note='', more={})"
