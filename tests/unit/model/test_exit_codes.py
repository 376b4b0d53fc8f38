"""The table of exit codes is made of the constants that act."""

import ast
from pathlib import Path

import sygaldry
from sygaldry.model import errors, exit_codes
from sygaldry.model.exit_codes import MEANINGS
from sygaldry.model.job import State

_SOURCE = Path(sygaldry.__file__).parent
_CONSTANTS = {name: value for name, value in vars(exit_codes).items() if isinstance(value, int) and name.isupper()}
_CONSTANTS.pop("TYPE_CHECKING")


def _names_used() -> set[str]:
    used = set()
    for path in _SOURCE.rglob("*.py"):
        if path.name != "exit_codes.py":
            used |= {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
    return used


def test_every_constant_has_a_meaning_and_acts() -> None:
    assert set(_CONSTANTS.values()) == set(MEANINGS)
    assert len(_CONSTANTS) == len(MEANINGS), "no code twice"
    assert set(_CONSTANTS) - _names_used() == set()


def test_every_error_has_a_code_of_the_table() -> None:
    every = (each for each in vars(errors).values() if isinstance(each, type))
    classes = [each for each in every if issubclass(each, errors.SygaldryError)]
    assert {each.exit_code for each in classes} <= set(MEANINGS)


def test_a_failed_job_is_1_and_an_absent_one_5() -> None:
    assert State.FAILED.answer == exit_codes.FAILED == 1
    assert errors.NoSuchJobError.exit_code == exit_codes.NO_SUCH_JOB == 5
    assert {state.answer for state in State if not state.final} <= {exit_codes.STILL_RUNNING, State.LOST.answer}
