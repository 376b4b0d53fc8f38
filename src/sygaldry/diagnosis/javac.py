"""javac and its like: compile errors with their symbols."""

from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Rule, Window
from sygaldry.model.lazy_pattern import lazy_pattern

_DETAIL: Final = lazy_pattern(r"^(?:\[ERROR\])?\s+(?:symbol|location|required|found|reason)\s*: ")


def _explains(hit: Hit, window: Window) -> Explanation | None:
    """Show the source line, or the symbol that is missing and where it was looked for."""
    below = window.lines[window.index + 1 : window.index + 6]
    detail = [line for line in below if _DETAIL.match(line.text)]
    return Explanation((hit.line, *(detail or below[:1])[:2]))


FAMILY: Final = Family(
    "Java compilers",
    (
        Rule(
            "does not exist",
            r"(?<!\S)(?P<where>\S{1,300}\.java:\[?\d+(?:,\d+\])?):? (?:error: )?package (?P<what>[\w.]{1,200}) does not exist",
            87,
            "the package {what} is not on the class path",
            "add the library that brings it",
        ),
        Rule(
            "cannot find symbol",
            r"(?<!\S)(?P<where>\S{1,300}\.java:\[?\d+(?:,\d+\])?):? (?:error: )?cannot find symbol",
            85,
            "{where} uses an undeclared name",
        ),
        Rule(
            "error: ",
            r"(?<!\S)(?P<where>\S{1,300}\.java:\d+): error: (?P<what>.{1,300})",
            84,
            "{where} does not compile",
        ),
        Rule(
            "[error] /",
            r"\[ERROR\] (?P<where>/\S{1,300}\.(?:java|kt|scala|groovy)):?\[?(?P<line>\d+)[,:]\d+\]? (?P<what>.{1,300})",
            84,
            "{where}:{line} does not compile",
        ),
    ),
    _explains,
)
