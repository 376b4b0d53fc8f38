"""Words lead to a verb: by its name, by another name, with global options before it."""

import pytest

from sygaldry import discovery
from sygaldry.cli._all_verbs import every_group
from sygaldry.cli._help import headings
from sygaldry.cli._resolve_verb import aliases, resolve_verb
from sygaldry.model.errors import UsageError

_GROUPS = every_group()
_IDS = ["-".join(words) or "sygaldry" for words in _GROUPS]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("job ls", ("job", "list")),
        ("job ps", ("job", "list")),
        ("job kill build", ("job", "stop")),
        ("job cancel build", ("job", "stop")),
        ("job rm", ("job", "prune")),
        ("env cache ls", ("env", "cache", "list")),
        ("config list", ("config", "show")),
        ("run -- true", ("launch",)),
    ],
)
def test_names_from_other_tools_lead_to_the_same_verb(typed: str, words: tuple[str, ...]) -> None:
    assert resolve_verb(typed.split()).words == words


@pytest.mark.parametrize(
    "before", [["--debug"], ["-q"], ["--quiet"], ["--color", "never"], ["--color=never"], ["--json"]]
)
def test_global_options_before_the_verb_are_passed_on_to_it(before: list[str]) -> None:
    early, late = resolve_verb([*before, "job", "status", "x"]), resolve_verb(["job", *before, "status", "x"])
    assert early == late
    assert early.words == ("job", "status")
    assert "=".join(before) in early.rest


def test_an_option_after_the_verb_is_not_touched() -> None:
    assert resolve_verb(["launch", "--", "--debug", "-V"]).rest == ["--", "--debug", "-V"]


def test_a_global_option_without_its_value_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="--color needs a value"):
        resolve_verb(["--color"])


@pytest.mark.parametrize("word", ["prun", "pruen", "prunes"])
def test_a_hint_never_offers_a_verb_that_deletes(word: str) -> None:
    with pytest.raises(UsageError) as raised:
        resolve_verb(["job", word])
    assert "prune" not in raised.value.hint


@pytest.mark.parametrize(("words", "hint"), [("lunch", "launch"), ("job stat", "job status"), ("job kil", "job kill")])
def test_a_mistyped_verb_gets_the_nearest_name(words: str, hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        resolve_verb(words.split())
    assert raised.value.hint == f"did you mean: sygaldry {hint}"


@pytest.mark.parametrize("words", _GROUPS, ids=_IDS)
def test_the_other_names_and_headings_of_a_group_name_its_verbs(words: tuple[str, ...]) -> None:
    group = _GROUPS[words]
    names = discovery.names(group)
    assert set(aliases(group).values()) <= set(names)
    assert not set(aliases(group)) & set(names)
    assert sorted(name for under in headings(group).values() for name in under) == sorted(names)
