"""A summary that only names failed tests: the answer holds the error of one at least."""

import pytest
from tests.unit.explain._explained import explained

from sygaldry import explain

NAMES = "".join(f"FAILED tests/test_cart.py::test_item_{n}\n" for n in range(12))
FILLER = "".join(f"captured line {n} of a long report\n" for n in range(400))
SUMMARY = (
    f"=========== short test summary info ===========\n{NAMES}=========== 12 failed, 3 passed in 2.31s ==========="
)
START = "============= test session starts =============\ncollected 15 items\n\n=========== FAILURES ===========\n"
ERROR = "KeyError: 'price of the cart'"


def title(number: int) -> str:
    return f"____________ test_item_{number} ____________\n"


REPORTS = {
    "long": lambda n: (
        f"{title(n)}\n    def test_item_{n}():\n>       total()\nE       {ERROR}\n\ncart.py:{n + 7}: KeyError\n"
    ),
    "short": lambda n: f"{title(n)}cart.py:{n + 7}: in total\n    return cart[key]\nE   {ERROR}\n",
    "line": lambda n: f"/src/cart.py:{n + 7}: {ERROR}\n",
    "native": lambda n: (
        f"{title(n)}Traceback (most recent call last):\n"
        f'  File "/src/cart.py", line {n + 7}, in total\n    return cart[key]\n{ERROR}\n'
    ),
}


@pytest.mark.parametrize("style", REPORTS)
def test_the_error_that_most_tests_share_stands_in_headline_and_answer(style: str) -> None:
    reports = "".join(map(REPORTS[style], range(12)))
    cause = explained(f"{START}{reports}{FILLER}{SUMMARY}\n")
    assert "price of the cart" in cause.says
    assert "price of the cart" in "\n".join(explain.answer(cause, 200))


def test_one_odd_error_does_not_stand_for_the_others() -> None:
    odd = f"{title(99)}cart.py:70: in total\nE   ValueError: odd one\n"
    reports = "".join(map(REPORTS["short"], range(12)))
    assert "price of the cart" in explained(f"{START}{odd}{reports}{FILLER}{SUMMARY}\n").says


def test_the_place_is_that_of_the_error() -> None:
    reports = "".join(map(REPORTS["short"], range(12)))
    assert "cart.py:7" in explained(f"{START}{reports}{FILLER}{SUMMARY}\n").where


def test_reasons_in_the_summary_are_kept() -> None:
    names = "".join(f"FAILED tests/test_cart.py::test_item_{n} - OSError: no such shop\n" for n in range(12))
    cause = explained(f"=========== short test summary info ===========\n{names}====== 12 failed in 2.31s ======\n")
    assert "OSError: no such shop" in cause.says


def test_names_without_any_error_are_all_there_is() -> None:
    assert explained(f"{SUMMARY}\n").says.startswith("12 tests fail")


def test_a_list_of_ctest_comes_with_the_error_of_a_test() -> None:
    log = (
        "Start 1: cart\n1: Test command: /b/cart\n1: cart.cc:9: Failure\n1: terminate called: std::out_of_range\n"
        f"1: {ERROR}\n1/2 Test #1: cart .....***Failed    0.01 sec\nTraceback (most recent call last):\n"
        f'  File "/src/cart.py", line 7, in total\n{ERROR}\n'
        "50% tests passed, 1 tests failed out of 2\n\nThe following tests FAILED:\n\t  1 - cart (Failed)\n"
        "Errors while running CTest\n"
    )
    assert "price of the cart" in "\n".join(explain.answer(explained(log, 8), 200))


def test_unittest_names_come_with_the_exception() -> None:
    block = f"{'=' * 70}\nERROR: test_total (test_cart.Cart.test_total)\n{'-' * 70}\n"
    trace = f'Traceback (most recent call last):\n  File "/src/cart.py", line 7, in total\n{ERROR}\n\n'
    cause = explained(f"{block}{trace}{'-' * 70}\nRan 2 tests in 0.1s\n\nFAILED (errors=1)\n")
    assert "price of the cart" in cause.says
