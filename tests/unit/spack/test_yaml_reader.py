"""YAML of others is bounded, also where a few bytes stand for many values."""

from __future__ import annotations

import pytest

from sygaldry.model.errors import LockError
from sygaldry.spack.yaml_reader import load_yaml


def test_an_alias_is_a_copy() -> None:
    assert load_yaml("a: &x [1, 2]\nb: [*x, *x]\n", "f") == {"a": [1, 2], "b": [[1, 2], [1, 2]]}


def test_aliases_that_multiply_one_another_are_refused() -> None:
    levels = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(LockError, match="values"):
        load_yaml("\n".join(["l0: &l0 [x]", *levels]), "f")


def test_bytes_that_are_not_utf8_are_called_that() -> None:
    with pytest.raises(LockError, match="f is not UTF-8"):
        load_yaml(b"a: caf\xe9".decode(errors="surrogateescape"), "f")


@pytest.mark.parametrize("text", ["a: &x [*x]", "&x {a: *x}", "[" * 300 + "]" * 300])
def test_a_cycle_and_a_deep_nest_are_refused(text: str) -> None:
    with pytest.raises(LockError) as caught:
        load_yaml(text, "f")
    assert caught.value.hint


def test_a_nest_beyond_the_readers_own_depth_is_called_that() -> None:
    with pytest.raises(LockError, match="f is nested too deeply"):
        load_yaml("[" * 5000 + "]" * 5000, "f")
