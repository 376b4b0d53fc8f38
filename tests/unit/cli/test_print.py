"""What files, names and logs hold is printed as text, never obeyed by the terminal."""

import re

import pytest
from tests.integration.conftest import CHECKOUT

from sygaldry.cli._print import print_out, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("\x1b[2J\x1b]0;title\x07", r"\x1b[2J\x1b]0;title\x07"),
        ("over\rwritten\b", r"over\x0dwritten\x08"),
        ("\x9b31m", r"\x9b31m"),
        ("\x7f", r"\x7f"),
        ("evil\u202egpj.exe", r"evil\u202egpj.exe"),
        ("\u2066isolate\u2069", r"\u2066isolate\u2069"),
        ("line\u2028separator", r"line\u2028separator"),
        ("bad \udcff byte", r"bad \udcff byte"),
        ("Größe 大 ━ 👩‍🔬", "Größe 大 ━ 👩‍🔬"),
    ],
)
def test_controls_become_visible_escapes_and_text_stays(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_lines_are_printed_through_it(capsys: pytest.CaptureFixture[str]) -> None:
    print_out("a\x1b[31m", "b")
    assert capsys.readouterr().out == "a\\x1b[31m\nb\n"


def test_no_other_module_of_the_command_line_writes_text_of_others() -> None:
    """The rest writes its own words: help, completion, prompts and JSON, whose escapes are ASCII."""
    writes = re.compile(r"\bprint\(|std(?:out|err)\.write")
    folder = CHECKOUT / "src" / "sygaldry" / "cli"
    found = {str(path.relative_to(folder)) for path in folder.rglob("*.py") if writes.search(path.read_text())}
    assert found <= {
        "_print.py",
        "_main.py",
        "_ask.py",
        "_failure.py",  # the envelope, and a headline that went through printable
        "_help.py",
        "_parse_words.py",
        "_parser.py",
        "_reference.py",
    }
