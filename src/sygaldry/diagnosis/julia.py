"""Julia, Nim, Crystal, D, Zig, Dart, Lua, Elm: smaller languages, a few shapes each."""

from typing import Final

from sygaldry.diagnosis import Family, Rule

FAMILY: Final = Family(
    "Julia, Zig, Nim, D, Dart, Crystal, Elm",
    (
        Rule("error: loaderror", r"ERROR: LoadError: (?P<what>.{1,300})", 84, "{what}", after=2),
        Rule(
            "unsatisfiable requirements",
            r"ERROR: Unsatisfiable requirements detected for package (?P<what>\S+)",
            87,
            "Julia finds no version of {what} that fits",
            after=5,
        ),
        Rule("test failed at", r"Test Failed at (?P<where>\S{1,200})", 84, "a test fails at {where}", after=3),
        Rule(
            "error during test at",
            r"Error During Test at (?P<where>\S{1,200})",
            84,
            "a test breaks at {where}",
            after=4,
        ),
        Rule(
            "package",
            r"ArgumentError: Package (?P<what>\S+) not found in current path",
            88,
            "the Julia package {what} is not installed",
        ),
        Rule(
            ": error: ",
            r"(?<!\S)(?P<where>\S{1,200}\.zig:\d+:\d+): error: (?P<what>.{1,300})",
            85,
            "{where} does not compile",
            after=2,
        ),
        Rule(
            "error: ",
            r"(?<!\S)(?P<where>\S{1,200}\.nims?\(\d+, \d+\)) Error: (?P<what>.{1,300})",
            85,
            "{where} does not compile",
        ),
        Rule(
            "error: ",
            r"(?<!\S)(?P<where>\S{1,200}\.d\(\d+(?:,\d+)?\)): Error: (?P<what>.{1,300})",
            85,
            "{where} does not compile",
        ),
        Rule("in ", r"^In (?P<where>\S{1,200}\.cr:\d+:\d+)", 82, "{where} does not compile", after=6),
        Rule("error • ", r"^\s*error • (?P<what>.{1,250}) • (?P<where>\S{1,200}:\d+:\d+)", 84, "{what}"),
        Rule(
            "because ",
            r"^(?:Because|So, because|And because) (?P<what>.{1,300})",
            78,
            "the versions asked for cannot be satisfied together",
        ),
        Rule(
            "error: ",
            r"^(?P<where>\S{1,200}\.dart:\d+:\d+): Error: (?P<what>.{1,250})",
            85,
            "{where} does not compile",
            after=2,
        ),
        Rule("-- ", r"^-- (?P<what>[A-Z][A-Z ]{3,60}) -{4,}.{0,80}$", 82, "Elm: {what}", after=6),
        Rule(
            "failure → ",
            r"^(?:Failure|Error) (?:→|->) (?P<where>\S{1,200}) @ (?P<line>\d+)",
            83,
            "a test fails at {where}:{line}",
            after=4,
        ),
        Rule("[e]", r"[+-]\d+: (?P<what>.{2,200}) \[E\]$", 83, "the test “{what}” fails", after=3),
        Rule("lua: ", r"^(?:lua\S*|luajit): (?P<where>\S{1,160}:\d+): (?P<what>.{1,250})", 85, "{where}: {what}"),
    ),
)
