"""Packages share layers with their neighbours, the smallest first, in the order of their dependencies."""

import pytest

from sygaldry.image.oci.groups import Package, grouped


def package(name: str, size: int) -> Package:
    return Package(name, name, f"/store/{name}", size)


def labels(groups: tuple[tuple[Package, ...], ...]) -> list[str]:
    return ["".join(each.label for each in group) for group in groups]


def test_each_package_has_its_own_layer_while_there_is_room() -> None:
    assert labels(grouped([package("a", 1), package("b", 1)], 5)) == ["a", "b"]
    assert grouped([], 5) == ()


def test_the_smallest_neighbours_are_joined_first() -> None:
    packages = [package("a", 9), package("b", 1), package("c", 2), package("d", 50), package("e", 3)]
    assert labels(grouped(packages, 4)) == ["a", "bc", "d", "e"]
    assert labels(grouped(packages, 3)) == ["abc", "d", "e"]
    assert labels(grouped(packages, 1)) == ["abcde"]


@pytest.mark.parametrize("count", [119, 120, 121, 500])
def test_the_number_of_layers_is_bounded(count: int) -> None:
    packages = [package(f"p{number}", number % 7) for number in range(count)]
    groups = grouped(packages, 90)
    assert len(groups) == min(count, 90)
    assert [each for group in groups for each in group] == packages
