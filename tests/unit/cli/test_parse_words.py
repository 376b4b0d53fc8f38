"""Options end at the first word that is not one; nothing after it is read. The two parsers never disagree."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sygaldry.cli._all_verbs import every_verb
from sygaldry.cli._parse_words import parse_fast
from sygaldry.cli._parser import Parser, split_command
from sygaldry.cli.launch import VERB
from sygaldry.model.errors import UsageError
from sygaldry.model.verb import Verb

_VERBS = every_verb()
_IDS = ["-".join(words) for words in _VERBS]


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["--", "ls", "-n"], ["ls", "-n"]),
        (["ls", "--", "-n"], ["ls", "--", "-n"]),
        (["--runtime", "docker", "ls", "--json"], ["ls", "--json"]),
        (["--runtime=docker", "--", "--", "x"], ["--", "x"]),
        (["-n", "-q", "-"], ["-"]),
        (["--runtime", "--", "--", "x"], ["x"]),
        ([], []),
    ],
)
def test_both_parsers_split_alike(words: list[str], command: list[str]) -> None:
    arguments = parse_fast(VERB, words)
    assert arguments is not None
    assert arguments.command == command
    assert split_command(Parser(VERB, ("launch",)), words)[1] == command


def test_values_and_switches_are_read() -> None:
    arguments = parse_fast(VERB, ["-n", "--runtime", "docker", "--project-id=a=b", "-q", "x"])
    assert arguments is not None
    assert (arguments.dry_run, arguments.runtime, arguments.project_id, arguments.quiet) == (
        True,
        "docker",
        "a=b",
        True,
    )
    assert arguments.image is None


@pytest.mark.parametrize("words", [["--help"], ["-h", "x"], ["--rutime", "x"], ["--runtime"], ["--quiet=1"], ["-nq"]])
def test_a_word_that_is_not_known_for_certain_is_left_to_argparse(words: list[str]) -> None:
    assert parse_fast(VERB, words) is None


@pytest.mark.parametrize("path", _VERBS, ids=_IDS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_the_two_parsers_agree_for_every_verb(path: tuple[str, ...], data: st.DataObject) -> None:
    verb = _VERBS[path]
    parser = Parser(verb, path)
    options = sorted(parser.takes_value)
    word = st.one_of(
        st.sampled_from(options),
        st.sampled_from([f"{option}=1" for option in options]),
        st.sampled_from(["--", "-", "x", "", "-nq", "--json", "--no-such-option"]),
    )
    words = data.draw(st.lists(word, max_size=6))
    fast = parse_fast(verb, words)
    if fast is not None:
        assert vars(fast) == _parsed_by_argparse(verb, path, words)


def _parsed_by_argparse(verb: Verb, path: tuple[str, ...], words: list[str]) -> dict[str, object] | str:
    parser = Parser(verb, path)
    options, command = split_command(parser, words)
    try:
        return {**vars(parser.parse_args(options)), "command": command}
    except UsageError as error:
        return error.problem


def test_a_verb_that_has_options_of_its_own_is_left_to_argparse() -> None:
    # `job run -- true` once crashed: the fast parser did not know --job, so the verb found no such attribute.
    assert parse_fast(_VERBS["job", "run"], ["--", "true"]) is None
