"""Options end at the first word that is not one; nothing after it is ever read."""

import pytest

from sygaldry.cli._parse_words import plain_arguments
from sygaldry.cli._parser import Parser, split_command
from sygaldry.cli.launch import VERB


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
def test_both_readers_split_alike(words: list[str], command: list[str]) -> None:
    plain = plain_arguments(VERB, words)
    assert plain is not None
    assert plain.command == command
    assert split_command(Parser(VERB, ("launch",)), words)[1] == command


def test_values_and_switches_are_read() -> None:
    plain = plain_arguments(VERB, ["-n", "--runtime", "docker", "--project-id=a=b", "-q", "x"])
    assert plain is not None
    assert (plain.dry_run, plain.runtime, plain.project_id, plain.quiet) == (True, "docker", "a=b", True)
    assert plain.image is None


@pytest.mark.parametrize("words", [["--help"], ["-h", "x"], ["--rutime", "x"], ["--runtime"], ["--quiet=1"], ["-nq"]])
def test_what_is_not_known_for_certain_is_left_to_argparse(words: list[str]) -> None:
    assert plain_arguments(VERB, words) is None
