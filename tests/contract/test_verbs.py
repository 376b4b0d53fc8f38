"""Every verb has a help page that fits a screen, an example, and settings that exist."""

import re

import pytest

from sygaldry.cli._all_verbs import every_group, every_verb
from sygaldry.cli._help import WIDTH, group_help
from sygaldry.cli._parser import Parser
from sygaldry.cli._resolve_verb import Invocation
from sygaldry.config.settings import all_settings

_VERBS = every_verb()
_IDS = ["-".join(words) for words in _VERBS]
_GROUPS = every_group()
_SCREEN = 65


@pytest.mark.parametrize("words", _VERBS, ids=_IDS)
def test_every_verb_has_help_with_an_example(words: tuple[str, ...]) -> None:
    verb = _VERBS[words]
    text = Parser(verb, words).format_help()
    assert text.startswith(f"usage: sygaldry {' '.join(words)}")
    assert verb.examples
    assert all("sygaldry" in example or "zephyr_job" in example for example in verb.examples)


@pytest.mark.parametrize("words", _VERBS, ids=_IDS)
def test_help_fits_a_screen(words: tuple[str, ...]) -> None:
    short = Parser(_VERBS[words], words).format_help().splitlines()
    whole = Parser(_VERBS[words], words, all_settings_shown=True).format_help().splitlines()
    assert [line for line in (*short, *whole) if len(line) > WIDTH] == []
    assert len(short) <= _SCREEN
    assert len(short) < len(whole)


@pytest.mark.parametrize("words", _GROUPS, ids=["-".join(words) or "sygaldry" for words in _GROUPS])
def test_help_of_a_group_fits_a_screen(words: tuple[str, ...]) -> None:
    text = group_help(Invocation(words, [], _GROUPS[words]))
    assert [line for line in text.splitlines() if len(line) > WIDTH] == []


@pytest.mark.parametrize("words", _VERBS, ids=_IDS)
def test_the_settings_of_a_verb_exist(words: tuple[str, ...]) -> None:
    known = {each.name for each in all_settings()} | {each.section for each in all_settings()}
    assert set(_VERBS[words].settings) <= known


@pytest.mark.parametrize("words", _VERBS, ids=_IDS)
def test_every_argument_has_help_in_plain_words(words: tuple[str, ...]) -> None:
    actions = Parser(_VERBS[words], words, all_settings_shown=True).all_actions
    assert [action.dest for action in actions if not action.help] == []
    for action in actions:
        assert not re.search(r"\b(mend|dear|whoever|told|said|somebody)\b", str(action.help)), action.help


def test_the_help_of_job_stop_is_short() -> None:
    text = Parser(_VERBS["job", "stop"], ("job", "stop")).format_help()
    assert len(text.splitlines()) < 40
    assert "--rust-version" not in text
