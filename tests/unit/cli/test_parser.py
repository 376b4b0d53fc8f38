"""A mistyped option gets the option that was meant; an option that is named for another reason gets the help."""

import pytest

from sygaldry.cli._parser import Parser
from sygaldry.cli.env.cache.sources import VERB
from sygaldry.model.errors import UsageError

_WORDS = ("env", "cache", "sources")


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        (["--to", "x", "--jsn"], "did you mean '--json'?"),
        (["--to", "x", "--debgu"], "did you mean '--debug'?"),
        (["--too", "x"], "see: sygaldry env cache sources --help"),
        ([], "see: sygaldry env cache sources --help"),
        (["--to"], "see: sygaldry env cache sources --help"),
    ],
)
def test_the_hint_of_a_usage_error(typed: list[str], hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        Parser(VERB, _WORDS).parse_args(typed)
    assert caught.value.hint == hint
