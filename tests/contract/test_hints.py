"""Every command that a hint names exists and takes the words that the hint gives it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import sygaldry
from sygaldry.cli._parse_words import arguments_of
from sygaldry.cli._resolve_verb import resolve_verb
from sygaldry.config.settings import all_settings

_SOURCE = Path(sygaldry.__file__).parent
_COMMAND = re.compile(r"\bsygaldry ((?:[^;,)|&<\"'`:]|:(?! ))+)")
_SETTING = re.compile(r"\bSYGALDRY_([A-Z_]+)=")
# What stands for the values that a hint is formatted with.
_VALUES = {"flag": "--cpus", "edition.name": "13", "name": "x"}


def _text(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(_text(each) for each in values)
        case ast.FormattedValue(value=value):
            name = ast.unparse(value)
            return "sygaldry launch" if "launcher" in name else _VALUES.get(name, "x")
        case ast.BinOp(left=left, right=right):
            return _text(left) + _text(right)
        case ast.IfExp(body=body, orelse=other):
            return f"{_text(body)}; {_text(other)}"
        case _:
            return "x"


def _hints() -> Iterator[tuple[str, str]]:
    """Yield each hint or remedy in the source with its place."""
    for path in sorted(_SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            found = [each.value for each in node.keywords if each.arg in ("hint", "remedy")]
            if isinstance(node.func, ast.Name) and node.func.id == "Finding":
                found += node.args[2:3]
            for each in found:
                yield f"{path.relative_to(_SOURCE)}:{each.lineno}", _text(each)


_HINTS = tuple(_hints())
_COMMANDS = [(place, typed[1].strip()) for place, hint in _HINTS for typed in _COMMAND.finditer(hint)]


def test_hints_are_found() -> None:
    assert len(_COMMANDS) > 60


@pytest.mark.parametrize(("place", "typed"), _COMMANDS, ids=[place for place, _ in _COMMANDS])
def test_the_command_of_a_hint_parses(place: str, typed: str) -> None:
    words = [("x" if word == "..." else word.removesuffix(".")) for word in typed.split()]
    invocation = resolve_verb(words)
    if invocation.verb is None:
        assert words[-1] == "--help", f"{place}: only a group is named"
    else:
        arguments_of(invocation.verb, invocation.words, invocation.rest)


def test_the_settings_of_hints_exist() -> None:
    known = {each.name.upper() for each in all_settings()} | {"TRUST", "PYTHON"}
    assert [(place, name) for place, hint in _HINTS for name in _SETTING.findall(hint) if name not in known] == []
